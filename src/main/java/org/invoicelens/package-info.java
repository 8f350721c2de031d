/** InvoiceLens: reads invoices on this computer with the vision-language model Pixtral. */
package org.invoicelens;
