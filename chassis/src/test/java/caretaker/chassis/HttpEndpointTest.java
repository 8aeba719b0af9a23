package caretaker.chassis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import at.favre.lib.crypto.bcrypt.BCrypt;
import caretaker.chassis.config.Bytes;
import caretaker.chassis.config.ConfigException;
import caretaker.testkit.Programs;
import caretaker.testkit.RunningProgram;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HttpEndpointTest {
    private final Vertx vertx = Vertx.vertx();
    private final AtomicReference<@Nullable String> missing = new AtomicReference<>();
    private final Readiness readiness = new Readiness()
            .check("kafka", () -> Optional.ofNullable(missing.get()))
            .check("broken", Optional::empty);

    @TempDir
    Path dir;

    @AfterEach
    void closeVertx() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void aServiceIsHealthyAndReadyOrSaysWhyNot() throws Exception {
        try (var endpoint = open(HttpSettings.local(0), _ -> {})) {
            assertThat(get(endpoint, "/-/healthy").statusCode()).isEqualTo(200);
            assertThat(get(endpoint, "/-/ready").statusCode()).isEqualTo(200);
            missing.set("no partition is assigned");
            var response = get(endpoint, "/-/ready");
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.body()).isEqualTo("kafka: no partition is assigned\n");
        }
    }

    @Test
    void metricsComeInTheFormThatIsAskedFor() throws Exception {
        try (var endpoint = open(HttpSettings.local(0), _ -> {})) {
            assertThat(get(endpoint, "/metrics").body()).contains("caretaker_build_info{");
            assertThat(contentType(endpoint, "text/plain;version=0.0.4")).startsWith("text/plain; version=0.0.4");
            assertThat(contentType(endpoint, "application/openmetrics-text;version=1.0.0"))
                    .startsWith("application/openmetrics-text; version=1.0.0");
            String protobuf =
                    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;" + "encoding=delimited";
            assertThat(contentType(endpoint, protobuf)).startsWith("application/vnd.google.protobuf");
        }
    }

    @Test
    void largeAnswersAreCompressedForThoseWhoTakeIt() throws Exception {
        try (var endpoint = open(HttpSettings.local(0), _ -> {});
                var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(endpoint.url() + "/metrics"))
                    .header("Accept-Encoding", "gzip")
                    .build();
            var response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            assertThat(response.headers().firstValue("Content-Encoding")).hasValue("gzip");
            try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
                assertThat(new String(unpacked.readAllBytes(), UTF_8)).contains("caretaker_build_info{");
            }
        }
    }

    @Test
    void headAnswersWithoutABodyAndOtherMethodsAndPathsAreRefused() throws Exception {
        try (var endpoint = open(HttpSettings.local(0), _ -> {})) {
            var head = send(request(endpoint, "/-/healthy").HEAD());
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(8);
            var delete = send(request(endpoint, "/metrics").DELETE());
            assertThat(delete.statusCode()).isEqualTo(405);
            assertThat(delete.body()).isEqualTo("method not allowed\n");
            assertThat(get(endpoint, "/nowhere").body()).isEqualTo("not found\n");
        }
    }

    @Test
    void aServiceAddsRoutesAndLargeBodiesAreRefused() throws Exception {
        var small = new HttpSettings("127.0.0.1", 0, null, new Bytes(1024));
        Consumer<Router> routes = router -> router.post("/echo")
                .handler(context -> context.response().end(context.body().asString()));
        try (var endpoint = open(small, routes)) {
            var fits = HttpRequest.BodyPublishers.ofString("hello");
            assertThat(send(request(endpoint, "/echo").POST(fits)).body()).isEqualTo("hello");
            var large = HttpRequest.BodyPublishers.ofString("x".repeat(2000));
            assertThat(send(request(endpoint, "/echo").POST(large)).statusCode())
                    .isEqualTo(413);
        }
    }

    @Test
    void aTakenPortIsNamed() {
        try (var endpoint = open(HttpSettings.local(0), _ -> {})) {
            assertThatThrownBy(() -> open(HttpSettings.local(endpoint.port()), _ -> {}))
                    .isInstanceOf(HttpEndpoint.Unavailable.class)
                    .hasMessageStartingWith("cannot listen on 127.0.0.1:" + endpoint.port() + ": ")
                    .hasMessageEndingWith("or set another port");
        }
    }

    @Test
    void onlyKnownUsersComeInOverTls() throws Exception {
        // Given
        makeCertificate();
        String hash = BCrypt.with(BCrypt.Version.VERSION_2Y).hashToString(4, "open sesame".toCharArray());
        Path web = Files.writeString(dir.resolve("web.yml"), """
                tls_server_config:
                  cert_file: cert.pem
                  key_file: key.pem
                  min_version: TLS13
                basic_auth_users:
                  ali: %s
                """.formatted(hash));
        try (var endpoint = open(new HttpSettings("localhost", 0, web, new Bytes(1 << 20)), _ -> {});
                var trusting = HttpClient.newBuilder().sslContext(trust()).build();
                var plain = HttpClient.newHttpClient()) {
            // When
            // Then
            assertThat(endpoint.url()).startsWith("https://localhost:");
            for (int i = 0; i < 2; i++) { // the second time from the cache
                assertThat(status(trusting, endpoint, "ali:open sesame")).isEqualTo(200);
                assertThat(status(trusting, endpoint, "ali:wrong")).isEqualTo(401);
                assertThat(status(trusting, endpoint, "nobody:open sesame")).isEqualTo(401);
                assertThat(status(trusting, endpoint, null)).isEqualTo(401);
            }
            assertThatThrownBy(() -> status(plain, endpoint, "ali:open sesame"))
                    .isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void aWrongWebConfigIsExplained() throws IOException {
        Path web = Files.writeString(dir.resolve("web.yml"), "basic_auth_users: {ali: sesame}\n");
        assertThatThrownBy(() -> open(new HttpSettings("127.0.0.1", 0, web, new Bytes(1024)), _ -> {}))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("basic_auth_users.ali has no bcrypt hash")
                .hasMessageNotContaining("sesame");
    }

    private HttpEndpoint open(HttpSettings settings, Consumer<Router> routes) {
        return HttpEndpoint.start(vertx, settings, Metrics.registry("test", "1.0"), readiness, routes);
    }

    private void makeCertificate() {
        try (var openssl = RunningProgram.start(
                Programs.assume("openssl"),
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost",
                "-keyout",
                dir.resolve("key.pem").toString(),
                "-out",
                dir.resolve("cert.pem").toString())) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> !openssl.process().isAlive());
            assertThat(openssl.process().exitValue()).as("%s", openssl.output()).isZero();
        }
    }

    private SSLContext trust() throws Exception {
        var keys = KeyStore.getInstance(KeyStore.getDefaultType());
        keys.load(null, null);
        try (var in = Files.newInputStream(dir.resolve("cert.pem"))) {
            keys.setCertificateEntry(
                    "own", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static int status(HttpClient client, HttpEndpoint endpoint, @Nullable String credentials) throws Exception {
        var request = request(endpoint, "/-/healthy");
        if (credentials != null) {
            String encoded = Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8));
            request.header("Authorization", "Basic " + encoded);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    private static String contentType(HttpEndpoint endpoint, String accept) throws Exception {
        return send(request(endpoint, "/metrics").header("Accept", accept))
                .headers()
                .firstValue("Content-Type")
                .orElse("");
    }

    private static HttpResponse<String> get(HttpEndpoint endpoint, String path) throws Exception {
        return send(request(endpoint, path));
    }

    private static HttpRequest.Builder request(HttpEndpoint endpoint, String path) {
        return HttpRequest.newBuilder(URI.create(endpoint.url() + path));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
