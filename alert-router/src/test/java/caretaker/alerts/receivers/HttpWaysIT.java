package caretaker.alerts.receivers;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 1.15, http_config: TLS and proxies. */
class HttpWaysIT {
    @TempDir
    Path folder;

    @Test
    void aServersCertificateMustBeTrustedAndForItsName() throws Exception {
        // C6
        var calls = new AtomicInteger();
        var certificate = MailServer.certificate(folder);
        var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate));
        server.createContext("/", exchange -> {
            calls.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        try {
            String yaml = "webhook_configs:\n- url: https://127.0.0.1:"
                    + server.getAddress().getPort() + "/\n  http_config: {tls_config: {%s}}\n";
            String ca = "ca_file: '" + folder.resolve("mail.pem") + "'";
            for (String tls : new String[] {"", ca, ca + ", server_name: other.example.com"}) {
                assertThat(Fake.send(yaml.formatted(tls), Fake.firing()))
                        .as(tls)
                        .isInstanceOf(Outcome.Retry.class);
            }
            assertThat(calls).hasValue(0);
            for (String tls : new String[] {ca + ", server_name: mail.example.com", "insecure_skip_verify: true"}) {
                assertThat(Fake.send(yaml.formatted(tls), Fake.firing()))
                        .as(tls)
                        .isInstanceOf(Outcome.Delivered.class);
            }
            assertThat(calls).hasValue(2);
            String missing = yaml.formatted("ca_file: '" + folder.resolve("none.pem") + "'");
            assertThat(Fake.send(missing, Fake.firing())).isInstanceOf(Outcome.Refused.class);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aCertificateThatIsWrittenAnewCountsForTheNextMessage() throws Exception {
        // C6
        var other = Files.createDirectory(folder.resolve("other"));
        MailServer.certificate(other);
        var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(MailServer.certificate(folder)));
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        Path trusted = Files.copy(other.resolve("mail.pem"), folder.resolve("ca.pem"));
        String yaml = "webhook_configs:\n- url: https://127.0.0.1:"
                + server.getAddress().getPort()
                + "/\n  http_config: {tls_config: {server_name: mail.example.com, ca_file: '" + trusted + "'}}\n";
        try (var senders = Fake.senders(yaml)) {
            assertThat(Fake.send(senders, Fake.firing())).isInstanceOf(Outcome.Retry.class);
            Files.copy(folder.resolve("mail.pem"), trusted, StandardCopyOption.REPLACE_EXISTING);
            Files.setLastModifiedTime(trusted, FileTime.fromMillis(1));
            assertThat(Fake.send(senders, Fake.firing())).isInstanceOf(Outcome.Delivered.class);
            Files.writeString(trusted, "-----BEGIN CERTIFICATE-----");
            assertThat(Fake.send(senders, Fake.firing())).isInstanceOf(Outcome.Delivered.class);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aProxyIsAskedForNamesThatOnlyItKnows() throws Exception {
        // C6
        try (var proxy = new Fake()) {
            String yaml = "webhook_configs:\n- url: http://receiver.invalid/hook\n  http_config: {proxy_url: '"
                    + proxy.url("").replace("://", "://me:hunter2@") + "'%s}\n";
            assertThat(Fake.send(yaml.formatted(""), Fake.firing())).isInstanceOf(Outcome.Delivered.class);
            assertThat(proxy.requests.getFirst().path()).isEqualTo("http://receiver.invalid/hook");
            assertThat(proxy.requests.getFirst().header("Proxy-Authorization")).isEqualTo("Basic bWU6aHVudGVyMg==");
            Outcome direct = Fake.send(yaml.formatted(", no_proxy: invalid"), Fake.firing());
            assertThat(direct).isInstanceOf(Outcome.Retry.class);
            assertThat(proxy.requests).hasSize(1);
        }
    }

    @Test
    void aProxyWithAPasswordLetsHttpsThrough() throws Exception {
        // C6
        var certificate = MailServer.certificate(folder);
        var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate));
        var seen = new AtomicReference<Headers>();
        server.createContext("/", exchange -> {
            seen.set(exchange.getRequestHeaders());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        try (var proxy = new TunnelProxy()) {
            String yaml = "webhook_configs:\n- url: https://receiver.invalid:"
                    + server.getAddress().getPort() + "/\n  http_config: {proxy_url: 'http://me:%s@127.0.0.1:"
                    + proxy.port() + "', tls_config: {ca_file: '" + folder.resolve("mail.pem")
                    + "', server_name: mail.example.com}}\n";
            assertThat(Fake.send(yaml.formatted("hunter2"), Fake.firing())).isInstanceOf(Outcome.Delivered.class);
            assertThat(proxy.heard.getFirst()).startsWith("CONNECT receiver.invalid:");
            assertThat(seen.get().containsKey("Proxy-Authorization")).isFalse();
            Outcome wrong = Fake.send(yaml.formatted("s3cret"), Fake.firing());
            assertThat(wrong.toString()).doesNotContain("s3cret").contains("the proxy answered 407");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aHostWithAnUnderscoreInItsNameIsCalled() throws Exception {
        // C6: services of compose have such names
        try (var fake = new Fake();
                var proxy = new Fake()) {
            String yaml = "webhook_configs:\n- url: " + TestNames.url(fake.url("/hook?a=b"))
                    + "\n  http_config: {proxy_url: '" + proxy.url("") + "', no_proxy: %s}\n";
            fake.then(307, "", "Location", "/moved");
            assertThat(Fake.send(yaml.formatted("alert_hook"), Fake.firing())).isInstanceOf(Outcome.Delivered.class);
            assertThat(fake.requests).extracting(Fake.Request::path).containsExactly("/hook?a=b", "/moved");
            assertThat(fake.requests)
                    .extracting(request -> request.header("Host"))
                    .containsOnly(URI.create(TestNames.url(fake.url(""))).getAuthority());
            Outcome proxied = Fake.send(yaml.formatted("other"), Fake.firing());
            assertThat(((Outcome.Refused) proxied).why()).contains("no_proxy");
            assertThat(proxy.requests).isEmpty();
        }
    }

    @Test
    void theProxyMayHaveSuchANameToo() throws Exception {
        // C6
        try (var proxy = new Fake()) {
            String yaml = "webhook_configs:\n- url: http://receiver.invalid/hook\n  http_config: {proxy_url: '"
                    + TestNames.url(proxy.url("")) + "'}\n";
            assertThat(Fake.send(yaml, Fake.firing())).isInstanceOf(Outcome.Delivered.class);
            assertThat(proxy.requests.getFirst().path()).isEqualTo("http://receiver.invalid/hook");
        }
    }

    @Test
    void theNameAndPasswordOfAUrlAreSentAsAlertmanagerDoes() throws Exception {
        // C6
        try (var fake = new Fake()) {
            for (String url : new String[] {fake.url("/hook"), TestNames.url(fake.url("/hook"))}) {
                String yaml = "webhook_configs:\n- url: " + url.replace("://", "://me:hunter%32@");
                assertThat(Fake.send(yaml, Fake.firing())).isInstanceOf(Outcome.Delivered.class);
            }
            assertThat(fake.requests)
                    .extracting(request -> request.header("Authorization"))
                    .containsExactly("Basic bWU6aHVudGVyMg==", "Basic bWU6aHVudGVyMg==");
        }
    }
}
