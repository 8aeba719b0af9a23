package caretaker.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Alerts as Prometheus posts them: seven labels and two annotations each, about 600 bytes.
 *
 * @param numbers which; the same number is the same alert
 * @param names over how many values of {@code alertname} they spread
 * @param lasts until they end, from now; zero for those that are over
 */
record Alerts(Collection<Integer> numbers, int names, Duration lasts) {
    /** The label that holds the number. */
    static final String LABEL = "sample";

    private static final Duration FIRING = Duration.ofHours(1);
    private static final InstantSource CLOCK = InstantSource.system();

    static Alerts firing(int number) {
        return new Alerts(List.of(number), 1, FIRING);
    }

    static Alerts firing(Collection<Integer> numbers, int names) {
        return new Alerts(numbers, names, FIRING);
    }

    Alerts over() {
        return new Alerts(numbers, names, Duration.ZERO);
    }

    String json() {
        Instant now = CLOCK.instant();
        var json = new StringBuilder("[");
        for (int number : numbers) {
            json.append(json.length() > 1 ? "," : "")
                    .append("{\"labels\":{\"alertname\":\"GpuTemperatureHigh")
                    .append(number % names)
                    .append("\",\"" + LABEL + "\":\"")
                    .append(number)
                    .append("\",\"cluster\":\"bench\",\"instance\":\"node")
                    .append(number / 8)
                    .append(".cluster.example:9835\",\"job\":\"gpu-agent\",\"severity\":\"warning\",\"uuid\":\"GPU-")
                    .append(String.format("8a6f3c1e-0000-4000-8000-%012d", number))
                    .append("\"},\"annotations\":{\"summary\":\"GPU ")
                    .append(number % 8)
                    .append(" of node")
                    .append(number / 8)
                    .append(" is at 91 C for longer than five minutes\",\"runbook_url\":"
                            + "\"https://runbooks.example/gpu/temperature\"},\"startsAt\":\"")
                    .append(now)
                    .append("\",\"endsAt\":\"")
                    .append(now.plus(lasts))
                    .append("\",\"generatorURL\":\"http://prometheus.example:9090/graph?g0.expr=gpu_temperature\"}");
        }
        return json.append(']').toString();
    }

    /** The whole HTTP request that posts them. */
    byte[] request() {
        byte[] body = json().getBytes(US_ASCII);
        var request = new ByteArrayOutputStream(body.length + 200);
        request.writeBytes(("POST /api/v2/alerts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                        + "Content-Length: " + body.length + "\r\n\r\n")
                .getBytes(US_ASCII));
        request.writeBytes(body);
        return request.toByteArray();
    }

    /** Requests of so many alerts each that together post the numbers below {@code count}. */
    static List<byte[]> requests(int count, int batch, int names) {
        List<byte[]> requests = new ArrayList<>();
        for (int from = 0; from < count; from += batch) {
            List<Integer> numbers =
                    IntStream.range(from, Math.min(count, from + batch)).boxed().toList();
            requests.add(firing(numbers, names).request());
        }
        return requests;
    }
}
