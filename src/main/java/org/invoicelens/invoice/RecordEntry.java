package org.invoicelens.invoice;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A field of a record: what was read, what stands now, and what that means.
 *
 * @param path its path in edits, doubts and exports
 * @param read what the model wrote; empty where it wrote nothing
 * @param text what stands now, as it was read or corrected
 * @param value what the text means; empty where there is none or it cannot be understood
 * @param edited whether a user changed it
 * @param confidence how sure the model was of what it read, 0 to 1, where it was least sure; empty
 *     where that is not known, or where a user said something else
 */
public record RecordEntry<T>(
    String path,
    String read,
    String text,
    Optional<T> value,
    boolean edited,
    OptionalDouble confidence) {}
