package caretaker.chassis;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Bounds the memory of all bodies that are being read or worked on: beyond it a request is to come again. */
final class BodyBudget implements Handler<RoutingContext> {
    private static final int LARGEST_AT_ONCE = 4;

    /** A body that does not say how long it is counts as this part of the longest. */
    private static final int UNTOLD = 8;

    private final long maxBody;
    private final AtomicLong taken = new AtomicLong();
    private final Counter refused;

    /** @param maxBody the longest body that is read, in bytes */
    BodyBudget(long maxBody, MeterRegistry registry) {
        this.maxBody = maxBody;
        this.refused = Counter.builder("caretaker.http.bodies.refused")
                .description("Requests refused because the bodies at hand took all the room there is for them")
                .register(registry);
    }

    @Override
    public void handle(RoutingContext context) {
        long bytes = claim(context);
        if (bytes == 0 || bytes > maxBody) {
            context.next(); // nothing to hold, or refused by whoever reads it
            return;
        }
        if (taken.addAndGet(bytes) > LARGEST_AT_ONCE * maxBody) {
            taken.addAndGet(-bytes);
            refused.increment();
            context.response()
                    .setStatusCode(503)
                    .putHeader(HttpHeaders.RETRY_AFTER, "1")
                    .putHeader(HttpHeaders.CONNECTION, "close")
                    .end("too many large requests at once, try again\n");
            return;
        }
        context.addEndHandler(_ -> taken.addAndGet(-bytes));
        context.next();
    }

    private long claim(RoutingContext context) {
        @Nullable String length = context.request().getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null) {
            boolean hasBody = context.request().getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
            return hasBody ? Math.max(1, maxBody / UNTOLD) : 0;
        }
        try {
            return Math.max(0, Long.parseLong(length));
        } catch (NumberFormatException e) {
            return 0; // refused by the parser of HTTP
        }
    }
}
