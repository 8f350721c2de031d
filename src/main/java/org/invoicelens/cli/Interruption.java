package org.invoicelens.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import org.invoicelens.stage.Cancellation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ctrl-C as a wish: the first asks the work to stop and lets it end what it writes, the second ends
 * the process at once. The same for the request to terminate.
 *
 * <p>A shutdown hook would not do: while it waits, further signals are not heard.
 */
final class Interruption {

  private static final Logger log = LoggerFactory.getLogger(Interruption.class);

  private Interruption() {}

  static void install(Cancellation cancellation) {
    for (String signal : List.of("INT", "TERM")) {
      try {
        install(signal, cancellation);
      } catch (ReflectiveOperationException | IllegalArgumentException e) {
        // Not every virtual machine has these classes, nor does it lend every signal.
        log.info("signal {} is left to the platform: {}", signal, e.toString());
      }
    }
  }

  /** The classes are supported but warned of by the compiler, which is why they are looked up. */
  private static void install(String name, Cancellation cancellation)
      throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    InvocationHandler onSignal =
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "handle" -> {
                heard(cancellation);
                yield null;
              }
              case "equals" -> proxy == arguments[0];
              case "hashCode" -> System.identityHashCode(proxy);
              default -> "Interruption[" + name + "]";
            };
    signal
        .getMethod("handle", signal, handler)
        .invoke(
            null,
            signal.getConstructor(String.class).newInstance(name),
            Proxy.newProxyInstance(
                Interruption.class.getClassLoader(), new Class<?>[] {handler}, onSignal));
  }

  private static void heard(Cancellation cancellation) {
    if (cancellation.isCancelled()) {
      Runtime.getRuntime().halt(ExitCode.CANCELLED.number());
    }
    System.err.println();
    System.err.println("Stopping. Press Ctrl-C again to stop at once.");
    cancellation.cancel();
  }
}
