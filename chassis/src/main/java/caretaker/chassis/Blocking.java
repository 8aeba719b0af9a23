package caretaker.chassis;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.concurrent.Callable;

/** Work that waits, off the event loop. Calls do not wait for one another. */
final class Blocking {
    private Blocking() {}

    static <T> Future<T> call(Vertx vertx, Callable<T> work) {
        return vertx.executeBlocking(work, false).map(Objects::requireNonNull);
    }
}
