package caretaker.alerts;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SIGHUP, which ends a JVM unless something hears it. Reached by name, since the compiler warns of its class. */
public final class HangUp {
    private static final Logger LOGGER = LoggerFactory.getLogger(HangUp.class);

    private HangUp() {}

    /** Runs something at each SIGHUP, on a thread of the JVM's. */
    public static void does(Runnable what) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object hears =
                    Proxy.newProxyInstance(HangUp.class.getClassLoader(), new Class<?>[] {handler}, (_, method, _) -> {
                        if (method.getName().equals("handle")) {
                            what.run();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), hears);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOGGER.atWarn().setCause(e).log("SIGHUP is not heard; POST /-/reload does the same");
        }
    }
}
