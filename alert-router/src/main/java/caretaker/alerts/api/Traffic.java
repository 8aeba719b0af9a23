package caretaker.alerts.api;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Histogram;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Semaphore;

/** Counts and times requests under Alertmanager's names, and lets only so many GETs in at once. Any thread. */
final class Traffic {
    private static final double NANOS = 1e9;
    private static final Set<HttpMethod> METHODS =
            Set.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.DELETE, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final Clock clock;
    private final int maxGets;
    private final Semaphore gets;
    private final Histogram durations;
    private final Histogram sizes;
    private final Counter exceeded;

    /** @param maxGets 0 for as many as there are processors, and at least 8 */
    Traffic(int maxGets, PrometheusMeterRegistry registry) {
        this.maxGets = maxGets > 0 ? maxGets : Math.max(8, Runtime.getRuntime().availableProcessors());
        this.gets = new Semaphore(this.maxGets);
        this.clock = registry.config().clock();
        var prometheus = registry.getPrometheusRegistry();
        durations = Histogram.builder()
                .name("alertmanager_http_request_duration_seconds")
                .help("How long requests took")
                .labelNames("handler", "method", "code")
                .classicOnly()
                .withoutExemplars()
                .classicUpperBounds(0.05, 0.1, 0.25, 0.5, 0.75, 1, 2, 5, 20, 60)
                .register(prometheus);
        sizes = Histogram.builder()
                .name("alertmanager_http_response_size_bytes")
                .help("How large answers were")
                .labelNames("handler", "method")
                .classicOnly()
                .withoutExemplars()
                .classicUpperBounds(1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8)
                .register(prometheus);
        Gauge.builder("alertmanager.http.requests.in.flight", gets, free -> this.maxGets - free.availablePermits())
                .description("GET requests that are being answered")
                .tag("method", "get")
                .register(registry);
        exceeded = Counter.builder("alertmanager.http.concurrency.limit.exceeded")
                .description("GET requests that were refused because too many were being answered")
                .tag("method", "get")
                .register(registry);
    }

    /** Times a request to its end. */
    void watch(RoutingContext context, String handler) {
        HttpServerRequest request = context.request();
        String method =
                METHODS.contains(request.method()) ? request.method().name().toLowerCase(Locale.ROOT) : "unknown";
        long began = clock.monotonicTime();
        context.addEndHandler(_ -> {
            String code = Integer.toString(context.response().getStatusCode());
            durations.labelValues(handler, method, code).observe((clock.monotonicTime() - began) / NANOS);
            sizes.labelValues(handler, method)
                    .observe((double) context.response().bytesWritten());
        });
    }

    /** Whether one more GET may be answered now; then {@link #left} has to be called. */
    boolean enter() {
        boolean room = gets.tryAcquire();
        if (!room) {
            exceeded.increment();
        }
        return room;
    }

    void left() {
        gets.release();
    }

    int maxGets() {
        return maxGets;
    }
}
