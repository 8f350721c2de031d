/**
 * Brings a repository's files into the model folder: plan, ranges, journal, resume, retry, hashing
 * while writing.
 */
package org.invoicelens.download;
