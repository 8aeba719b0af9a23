package caretaker.alerts.receivers;

import caretaker.alerts.config.AlertmanagerConfig;
import caretaker.alerts.config.Receiver;
import caretaker.alerts.routing.GroupId;
import caretaker.alerts.routing.MatcherSyntax;
import caretaker.alerts.routing.Reason;
import caretaker.alerts.routing.ReceiverOptions;
import caretaker.alerts.template.Limits;
import caretaker.alerts.template.TemplateData;
import caretaker.alerts.template.TemplateException;
import caretaker.alerts.template.Templates;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/**
 * A receiver over HTTP that keeps what it is told and answers what it is told to. Under the paths of Slack and
 * PagerDuty it takes what they do: a message that is {@link Strict wrong} fails the test when this is closed.
 */
final class Fake implements AutoCloseable {
    static final Instant AT = Instant.parse("2026-11-23T10:00:00Z");

    record Request(String path, Headers headers, String body) {
        String header(String name) {
            return String.valueOf(headers.getFirst(name));
        }

        com.fasterxml.jackson.databind.JsonNode json() {
            var node = Json.parse(body);
            if (node == null) {
                throw new AssertionError("not JSON: " + body);
            }
            return node;
        }
    }

    /** What to answer. */
    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<String> wrong = new CopyOnWriteArrayList<>();
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final HttpServer server;

    Fake() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /** A port that nobody listens on, and nobody can before it is closed. */
    static Socket portOfNobody() throws IOException {
        var socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return socket;
    }

    /** The next answer; after the last one 200 {@code ok}. */
    void then(Answer answer) {
        synchronized (answers) {
            answers.add(answer);
        }
    }

    void then(int status, String body, String... headers) {
        then(exchange -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            reply(exchange, status, body);
        });
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(new Request(exchange.getRequestURI().toString(), exchange.getRequestHeaders(), body));
        wrong.addAll(Strict.problems(exchange.getRequestURI().getPath(), body));
        Answer answer;
        synchronized (answers) {
            answer = answers.poll();
        }
        if (answer == null) {
            reply(exchange, 200, "ok");
        } else {
            answer.to(exchange);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        if (!wrong.isEmpty()) {
            throw new AssertionError("messages that Slack or PagerDuty would refuse: " + wrong);
        }
    }

    /** The first receiver of a configuration, as its file has it. */
    static Receiver receiver(String yaml) {
        String file = "route: {receiver: team}\nreceivers:\n- name: team\n" + yaml.indent(2);
        return AlertmanagerConfig.parse(file, "test.yml", Path.of("."), MatcherSyntax.FALLBACK)
                .receivers()
                .getFirst();
    }

    static Receivers senders(String yaml) throws TemplateException {
        return senders(yaml, new Gate.Hits());
    }

    static Receivers senders(String yaml, Gate.Hits hits) throws TemplateException {
        return senders(yaml, ReceiverOptions.NONE, hits);
    }

    static Receivers senders(String yaml, ReceiverOptions options, Gate.Hits hits) throws TemplateException {
        return Receivers.of(
                receiver(yaml),
                Templates.parse(List.of(), Limits.DEFAULT, InstantSource.system()),
                InstantSource.fixed(AT),
                options,
                hits);
    }

    static Outcome send(Receivers senders, Notification notification) throws InterruptedException {
        return senders.sender(senders.integrations().getFirst()).send(notification);
    }

    static Outcome send(String yaml, Notification notification) throws Exception {
        try (var senders = senders(yaml)) {
            return send(senders, notification);
        }
    }

    static TemplateData.Alert alert(String status, String node, String summary) {
        return new TemplateData.Alert(
                status,
                Map.of("alertname", "GpuHot", "node", node),
                summary.isEmpty() ? Map.of() : Map.of("summary", summary),
                Instant.parse("2026-11-23T09:58:00.12345Z"),
                status.equals("firing") ? null : Instant.parse("2026-11-23T09:59:00Z"),
                "http://prom/graph?a=b&c",
                "56d967e608104d88");
    }

    static Notification notification(TemplateData.Alert... alerts) {
        boolean firing = List.of(alerts).stream().anyMatch(a -> a.status().equals("firing"));
        Map<String, String> common = alerts.length == 1 ? alerts[0].labels() : Map.of("alertname", "GpuHot");
        var data = new TemplateData(
                "team",
                firing ? "firing" : "resolved",
                List.of(alerts),
                Map.of("alertname", "GpuHot"),
                common,
                alerts.length == 1 ? alerts[0].annotations() : Map.of(),
                "http://am.example.com",
                "",
                Map.of());
        return new Notification(
                new GroupId("{}:{alertname=\"GpuHot\"}", "team"), data, Reason.FIRST, "key-1", AT, Map.of());
    }

    static Notification firing() {
        return notification(alert("firing", "n1", "GPU 3 is <hot> & \"bad\""));
    }
}
