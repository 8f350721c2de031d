/** Work off the UI thread: tasks, their progress and their end. */
package org.invoicelens.ui.task;
