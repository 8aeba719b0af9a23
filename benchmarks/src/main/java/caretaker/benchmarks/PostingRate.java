package caretaker.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** How many posts a server takes from a few connections that never pause, and how long each waits for its answer. */
final class PostingRate {
    private final List<Double> answers = new ArrayList<>();
    private int refused;
    private double seconds;
    private double cpuSeconds;

    /** Posts for a while; what comes of it is added to what was. */
    void measure(AlertServer server, List<byte[]> requests, int connections, long nanos)
            throws IOException, InterruptedException, ExecutionException {
        double cpu = Processes.cpuSeconds(server.pid());
        long begin = System.nanoTime();
        List<Callable<Line>> lines = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            int first = i * requests.size() / connections;
            lines.add(() -> line(server.port(), requests, first, begin + nanos));
        }
        try (var threads = Executors.newFixedThreadPool(connections)) {
            for (Future<Line> done : threads.invokeAll(lines)) {
                answers.addAll(done.get().millis());
                refused += done.get().refused();
            }
        }
        seconds += (System.nanoTime() - begin) / 1e9;
        cpuSeconds += Processes.cpuSeconds(server.pid()) - cpu;
    }

    private record Line(List<Double> millis, int refused) {}

    private static Line line(int port, List<byte[]> requests, int first, long end) throws IOException {
        List<Double> millis = new ArrayList<>();
        int refused = 0;
        try (var line = new HttpLine(port)) {
            long begin = System.nanoTime();
            for (int i = first; begin < end; i++) {
                int status = line.send(requests.get(i % requests.size()));
                long now = System.nanoTime();
                millis.add((now - begin) / 1e6);
                refused += status == 200 ? 0 : 1;
                begin = now;
            }
        }
        return new Line(millis, refused);
    }

    double perSecond() {
        return answers.size() / seconds;
    }

    /** Cores that the server had. */
    double cores() {
        return cpuSeconds / seconds;
    }

    int refused() {
        return refused;
    }

    List<Double> answers() {
        return answers;
    }
}
