/** Answers held to a form: a JSON Schema, the texts it allows, and the tokens that lead to them. */
package org.invoicelens.grammar;
