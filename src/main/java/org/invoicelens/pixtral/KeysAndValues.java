package org.invoicelens.pixtral;

/**
 * The keys and values of a layer where they lie.
 *
 * @param keys {@code [kv heads, room, head width]}
 * @param values of the same form
 * @param room positions that there is room for
 */
record KeysAndValues(NativeNumbers keys, NativeNumbers values, int room) {}
