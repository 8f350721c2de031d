/** The model's configuration: YAML to records, with every fault found at once and where it is. */
package org.invoicelens.config;
