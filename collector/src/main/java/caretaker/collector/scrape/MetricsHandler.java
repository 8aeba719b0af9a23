package caretaker.collector.scrape;

import caretaker.collector.exposition.Format;
import caretaker.collector.state.Fleet;
import caretaker.collector.state.SteadyClock;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code /metrics}. The event loop only takes the request and sends the pieces; everything else happens on the
 * threads {@code scrape-1}, {@code scrape-2}, … of which there are as many as scrapes are rendered at once.
 */
public final class MetricsHandler implements Handler<RoutingContext>, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(MetricsHandler.class);
    private static final int BUSY = 503;
    private static final int BROKEN = 500;

    private final Fleet fleet;
    private final InstantSource wall;
    private final SteadyClock clock;
    private final ScrapeLimits limits;
    private final ScrapeMetrics metrics;
    private final BlockingQueue<Renderer> renderers;
    private final ThreadPoolExecutor threads;

    public MetricsHandler(
            Fleet fleet,
            InstantSource wall,
            SteadyClock clock,
            OwnMetrics own,
            ScrapeLimits limits,
            MeterRegistry registry) {
        this.fleet = fleet;
        this.wall = wall;
        this.clock = clock;
        this.limits = limits;
        metrics = new ScrapeMetrics(registry);
        renderers = new ArrayBlockingQueue<>(limits.atOnce());
        for (int i = 0; i < limits.atOnce(); i++) {
            renderers.add(new Renderer(own));
        }
        var number = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                limits.atOnce(),
                limits.atOnce(),
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(limits.waiting()),
                work -> Thread.ofPlatform()
                        .name("scrape-" + number.incrementAndGet())
                        .daemon()
                        .unstarted(work));
    }

    @Override
    public void handle(RoutingContext routing) {
        HttpServerResponse response = routing.response();
        Format format = Format.negotiate(routing.request().getHeader(HttpHeaders.ACCEPT));
        response.putHeader(HttpHeaders.CONTENT_TYPE, format.contentType());
        response.putHeader(HttpHeaders.VARY, "Accept, Accept-Encoding");
        if (routing.request().method().equals(HttpMethod.HEAD)) {
            response.end();
            return;
        }
        var hosts = Set.copyOf(routing.queryParam("instance")); // ?instance=a&instance=b: these hosts alone
        boolean gzip = takesGzip(routing.request().getHeader(HttpHeaders.ACCEPT_ENCODING));
        var scrape = new Scrape(routing, hosts, format, gzip);
        response.closeHandler(_ -> scrape.body.clientGone());
        try {
            threads.execute(scrape);
        } catch (RejectedExecutionException e) {
            scrape.refuse();
            return;
        }
        routing.vertx().setTimer(limits.waitLimit().toMillis(), _ -> {
            if (threads.remove(scrape)) {
                scrape.refuse();
            }
        });
    }

    /** Whether {@code gzip}, or anything, is among the encodings the client takes. */
    static boolean takesGzip(@Nullable String acceptEncoding) {
        for (String range : (acceptEncoding == null ? "" : acceptEncoding).split(",", -1)) {
            String[] parts = range.toLowerCase(Locale.ROOT).split(";", -1);
            String coding = parts[0].strip();
            if (coding.equals("gzip") || coding.equals("*")) {
                String quality = parts.length > 1 ? parts[1].strip() : "q=1";
                return !quality.matches("q=0(\\.0*)?");
            }
        }
        return false;
    }

    /** Lets nobody in any more and breaks off what is under way. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** One request. It waits in the queue of the threads, then runs; whoever takes it out of the queue answers it. */
    private final class Scrape implements Runnable {
        private final Context context;
        private final HttpServerResponse response;
        private final Set<String> hosts;
        private final Format format;
        private final boolean gzip;
        private final ResponseStream body;
        private final AtomicBoolean answered = new AtomicBoolean();

        Scrape(RoutingContext routing, Set<String> hosts, Format format, boolean gzip) {
            context = routing.vertx().getOrCreateContext();
            response = routing.response();
            this.hosts = hosts;
            this.format = format;
            this.gzip = gzip;
            body = new ResponseStream(context, response, limits.stallLimit());
        }

        /** On the event loop. */
        void refuse() {
            if (answered.compareAndSet(false, true) && !response.closed()) {
                metrics.ended(ScrapeMetrics.Outcome.BUSY);
                response.setStatusCode(BUSY)
                        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
                        .putHeader(HttpHeaders.RETRY_AFTER, "1")
                        .end("too many scrapes at once\n");
            }
        }

        @Override
        public void run() {
            if (!answered.compareAndSet(false, true)) {
                return;
            }
            Renderer renderer = renderers.poll();
            if (renderer == null) {
                throw new IllegalStateException("more scrape threads than renderers");
            }
            try {
                Instant start = wall.instant();
                context.runOnContext(_ -> {
                    response.setChunked(true);
                    if (gzip) {
                        response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
                    }
                });
                var written = renderer.write(fleet, clock.millis(), hosts, format, gzip, body);
                metrics.served(written, Duration.between(start, wall.instant()));
                context.runOnContext(_ -> response.end());
            } catch (ResponseStream.ClientLost e) {
                LOGGER.atDebug().addKeyValue("reason", e.getMessage()).log("scrape broken off");
                metrics.ended(ScrapeMetrics.Outcome.CLIENT_LOST);
                breakOff();
            } catch (IOException | RuntimeException e) {
                LOGGER.atError().setCause(e).log("scrape failed");
                metrics.ended(ScrapeMetrics.Outcome.FAILED);
                breakOff();
            } finally {
                renderers.add(renderer);
            }
        }

        /** A document without its end must not look whole: the connection goes with it. */
        private void breakOff() {
            context.runOnContext(_ -> {
                if (response.closed()) {
                    return;
                }
                if (response.headWritten()) {
                    response.reset();
                } else {
                    response.setChunked(false).setStatusCode(BROKEN).end();
                }
            });
        }
    }
}
