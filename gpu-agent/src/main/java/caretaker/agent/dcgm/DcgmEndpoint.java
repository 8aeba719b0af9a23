package caretaker.agent.dcgm;

import caretaker.agent.health.Finding;
import caretaker.agent.health.HealthLedger;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent.Entity;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one dcgm-exporter again and again, and says when it cannot be read.
 *
 * <p>It lives on Vert.x's event loop, one request at a time; {@link #newest} may be called by any thread.
 */
public final class DcgmEndpoint implements AutoCloseable {
    /** An exporter of sixteen GPUs with every field says less than a tenth of it. */
    static final int MAX_BODY = 16 << 20;

    /** So many failures in a row are a condition. */
    static final int FAILURES = 3;

    private static final Logger LOGGER = LoggerFactory.getLogger(DcgmEndpoint.class);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    /**
     * Where it is and how often to read it.
     *
     * @param timeout for one answer as a whole; shorter than the interval
     */
    public record Settings(URI url, Duration interval, Duration timeout) {}

    /** Is told how it goes, for the agent's own metrics. */
    public interface Listener {
        /** A value cannot be true. */
        void rejected(String family);

        /** An answer was read, or was not. */
        void read(String endpoint, boolean good);
    }

    private final Vertx vertx;
    private final Settings settings;
    private final HealthLedger ledger;
    private final Listener listener;
    private final LongSupplier nanos;
    private final HttpClient client;
    private final Entity entity;
    private volatile DcgmReadings newest = DcgmReadings.NONE;
    private volatile boolean closed;

    // Of the event loop.
    private int failures;
    private long timer;

    public DcgmEndpoint(Vertx vertx, Settings settings, HealthLedger ledger, Listener listener, LongSupplier nanos) {
        this.vertx = vertx;
        this.settings = settings;
        this.ledger = ledger;
        this.listener = listener;
        this.nanos = nanos;
        client = vertx.createHttpClient(new HttpClientOptions()
                .setConnectTimeout((int) settings.timeout().toMillis()));
        entity = new Entity(Entity.Kind.SERVICE, settings.url().toString(), "dcgm-exporter " + settings.url());
    }

    public void start() {
        vertx.runOnContext(_ -> read());
    }

    /** The newest answer, or {@link DcgmReadings#NONE} where there was none in the last {@link #FAILURES} intervals. */
    DcgmReadings newest() {
        DcgmReadings readings = newest;
        return nanos.getAsLong() - readings.nanos() > settings.interval().toNanos() * FAILURES
                ? DcgmReadings.NONE
                : readings;
    }

    private void read() {
        if (closed) {
            return;
        }
        new Attempt().begin();
    }

    private void ended(@Nullable String problem, @Nullable DcgmReadings readings) {
        if (closed) {
            return;
        }
        timer = vertx.setTimer(Math.max(1, settings.interval().toMillis()), _ -> read());
        listener.read(settings.url().toString(), readings != null);
        if (readings != null) {
            newest = readings;
            failures = 0;
            ledger.clear(Condition.DCGM_UNAVAILABLE, entity.id());
            return;
        }
        String said = problem == null ? "unknown" : problem;
        failures++;
        if (failures == 1) {
            LOGGER.atWarn()
                    .addKeyValue("endpoint", settings.url())
                    .addKeyValue("problem", said)
                    .log("a dcgm-exporter could not be read");
        }
        if (failures == FAILURES) {
            ledger.raise(
                    "dcgm",
                    new Finding(
                            Condition.DCGM_UNAVAILABLE,
                            entity,
                            "",
                            "the dcgm-exporter at " + settings.url() + " cannot be read: " + said,
                            Map.of("failures", Integer.toString(failures), "problem", said)));
        }
    }

    /** One request and its answer. Ends once, whatever ends it. */
    private final class Attempt {
        private final DcgmScrape scrape = new DcgmScrape(listener::rejected);
        private final DcgmText text = new DcgmText(scrape);
        private @Nullable HttpClientRequest request;
        private long received;
        private boolean over;
        private final long deadline = vertx.setTimer(
                settings.timeout().toMillis(),
                _ -> fail("no whole answer within " + settings.timeout().toMillis() + " ms"));

        void begin() {
            var options = new RequestOptions()
                    .setMethod(HttpMethod.GET)
                    .setAbsoluteURI(settings.url().toString())
                    .putHeader("Accept", "text/plain;version=0.0.4");
            client.request(options).onComplete(opened -> {
                if (opened.failed()) {
                    fail(reason(opened.cause()));
                } else if (over) {
                    opened.result().reset();
                } else {
                    send(opened.result());
                }
            });
        }

        private void send(HttpClientRequest opened) {
            request = opened;
            opened.exceptionHandler(cause -> fail(reason(cause)));
            opened.response().onComplete(answer -> {
                if (answer.failed()) {
                    fail(reason(answer.cause()));
                } else {
                    take(answer.result());
                }
            });
            opened.end();
        }

        private void take(HttpClientResponse response) {
            response.exceptionHandler(cause -> fail(reason(cause))); // first of all: a reset is told to it as well
            if (response.statusCode() != 200) {
                fail("it answers with status " + response.statusCode());
                return;
            }
            response.endHandler(_ -> end());
            response.handler(this::take);
        }

        private void take(Buffer piece) {
            if (over) {
                return;
            }
            received += piece.length();
            if (received > MAX_BODY) {
                fail("the answer is larger than " + (MAX_BODY >> 20) + " MiB");
                return;
            }
            try {
                text.feed(piece.getBytes());
            } catch (DcgmText.NotMetrics e) {
                fail(reason(e));
            }
        }

        private void end() {
            if (over) {
                return;
            }
            text.end();
            DcgmReadings readings = scrape.result(nanos.getAsLong());
            if (readings.gpus().isEmpty()) {
                fail("there is no GPU in the answer; " + text.badLines() + " of its lines are no metrics");
                return;
            }
            over = true;
            vertx.cancelTimer(deadline);
            ended(null, readings);
        }

        private void fail(String problem) {
            if (over) {
                return;
            }
            over = true;
            vertx.cancelTimer(deadline);
            if (request != null) {
                request.reset();
            }
            ended(problem, null);
        }
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    @Override
    public void close() {
        closed = true;
        vertx.runOnContext(_ -> vertx.cancelTimer(timer));
        try {
            client.close().await(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOGGER.atDebug().addKeyValue("endpoint", settings.url()).log("a connection is left behind");
        }
    }
}
