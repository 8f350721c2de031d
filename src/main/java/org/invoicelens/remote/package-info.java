/** The protocol of OpenAI, by which a server such as vLLM answers in the place of a model here. */
package org.invoicelens.remote;
