package org.invoicelens.remote;

import java.util.List;
import org.invoicelens.pixtral.GenerationResult;

/**
 * What a server answered.
 *
 * @param result the answer; without ids of tokens, which servers do not tell
 * @param notes what had to be left out for the server to answer, for the user; mostly empty
 */
public record ServerReply(GenerationResult result, List<String> notes) {

  public ServerReply {
    notes = List.copyOf(notes);
  }
}
