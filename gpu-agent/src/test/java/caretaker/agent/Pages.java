package caretaker.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** The agent's pages, as an operator would look at them. */
final class Pages {
    private Pages() {}

    static int status(GpuAgent agent, String path) {
        try {
            return open(agent, path).getResponseCode();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static String body(GpuAgent agent, String path) {
        try (var in = open(agent, path).getInputStream()) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The sum of all series whose line begins so. */
    static double metric(GpuAgent agent, String prefix) {
        return body(agent, "/metrics")
                .lines()
                .filter(line -> line.startsWith(prefix))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static HttpURLConnection open(GpuAgent agent, String path) throws IOException {
        return (HttpURLConnection)
                URI.create("http://127.0.0.1:" + agent.port() + path).toURL().openConnection();
    }
}
