/** Documents in, fields out: images and PDF pages, the model's answer, its fields, export. */
package org.invoicelens.invoice;
