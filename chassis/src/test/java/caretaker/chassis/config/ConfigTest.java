package caretaker.chassis.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("HOST", "node-1", "PASSWORD", "hunter2", "NUMBER", "7", "TRICK", "a\nport: 1", "EMPTY", "");

    enum Mode {
        NVML,
        OLD_STYLE
    }

    record Kafka(@Default("127.0.0.1:9092") String bootstrap, Map<String, String> properties) {}

    record Example(
            @Default("unnamed") String host,

            @Default("9810") @Range(min = "0", max = "65535")
            int port,

            @Default("1s") @Range(min = "100ms", max = "1h") Duration interval,
            @Default("64MiB") @Range(max = "1GiB") Bytes buffer,
            @Default("0.5") @Range(min = "0", max = "1") double share,
            @Default("false") boolean verbose,
            @Default("nvml") Mode mode,
            @Nullable Path file,
            @Nullable URI url,
            @Nullable Secret password,
            List<String> names,
            Kafka kafka) {}

    record Strict(String needed, @Default("1") int count) {
        Strict {
            if (count % 2 == 0) {
                throw new IllegalArgumentException("count should be odd");
            }
        }
    }

    @Test
    void anEmptyFileIsAllDefaults() {
        var config = parse("");
        assertThat(config.port()).isEqualTo(9810);
        assertThat(config.interval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.buffer()).isEqualTo(new Bytes(64 << 20));
        assertThat(config.kafka().bootstrap()).isEqualTo("127.0.0.1:9092");
        assertThat(config.file()).isNull();
        assertThat(config.names()).isEmpty();
    }

    @Test
    void everyTypeIsRead() {
        var config = parse("""
                host: ${HOST}
                port: ${NUMBER}
                interval: 1h
                buffer: 2MiB
                share: 1
                verbose: true
                mode: old-style
                file: /tmp/x
                url: https://example.org/x
                password: ${PASSWORD}
                names: [a, "b c"]
                kafka:
                  bootstrap: ${MISSING:-other:9092}
                  properties:
                    security.protocol: SSL
                """);
        assertThat(config.host()).isEqualTo("node-1");
        assertThat(config.port()).isEqualTo(7);
        assertThat(config.interval()).isEqualTo(Duration.ofHours(1));
        assertThat(config.mode()).isEqualTo(Mode.OLD_STYLE);
        assertThat(config.password()).isEqualTo(new Secret("hunter2"));
        assertThat(config.names()).containsExactly("a", "b c");
        assertThat(config.kafka().bootstrap()).isEqualTo("other:9092");
        assertThat(config.kafka().properties()).containsEntry("security.protocol", "SSL");
    }

    @Test
    void whatAVariableHoldsCannotBecomeYaml() {
        assertThat(parse("host: ${TRICK}").host()).isEqualTo("a\nport: 1");
        assertThat(parse("host: $${HOST} costs $5").host()).isEqualTo("${HOST} costs $5");
    }

    @Test
    void aSecretIsReadFromAFileAndNeverShown(@TempDir Path dir) throws IOException {
        // Given
        Path file = Files.writeString(dir.resolve("secret"), "s3cret\n");

        // When
        var config = parse("password: ${file:" + file + "}");

        // Then
        assertThat(config.password()).isEqualTo(new Secret("s3cret"));
        assertThat(config.toString()).doesNotContain("s3cret");
        assertThat(Config.render(config)).contains("password: \"***\"").doesNotContain("s3cret");
    }

    @Test
    void whatIsRenderedCanBeReadAgain() {
        var config = parse("interval: 90s\nbuffer: 512KiB\nnames: [a, b]\nkafka: {properties: {a.b: c}}");
        assertThat(parse(Config.render(config))).isEqualTo(config);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            prot: 1                    | c.yml:1:1: prot: unknown key; did you mean 'port'?
            zzzzzzzz: 1                | c.yml:1:1: zzzzzzzz: unknown key; known: host, port, interval, buffer, share, verbose, mode, file, url, password, names, kafka
            kafka: {boostrap: x}       | c.yml:1:9: kafka.boostrap: unknown key; did you mean 'bootstrap'?
            port: 1\\nport: 2          | c.yml:2:1: port: is there twice
            port: high                 | c.yml:1:7: port: 'high' is not a whole number
            port: 99999                | c.yml:1:7: port: '99999' is too large; at most 65535
            port: -1                   | c.yml:1:7: port: '-1' is too small; at least 0
            port: 99999999999          | c.yml:1:7: port: '99999999999' is too large
            port: [1]                  | c.yml:1:7: port: should be one value, not a list
            interval: 5                | c.yml:1:11: interval: '5' is not a duration; write it with units: 500ms, 5s, 1h30m
            interval: 1ms              | c.yml:1:11: interval: '1ms' is too small; at least 100ms
            interval: 2h               | c.yml:1:11: interval: '2h' is too large; at most 1h
            buffer: 64                 | c.yml:1:9: buffer: '64' is not a size; write it with its unit: 512KiB, 64MiB, 2GiB
            buffer: 64MB               | c.yml:1:9: buffer: '64MB' is not a size; write it with its unit: 512KiB, 64MiB, 2GiB
            buffer: 2GiB               | c.yml:1:9: buffer: '2GiB' is too large; at most 1GiB
            share: NaN                 | c.yml:1:8: share: 'NaN' is not a finite number
            share: half                | c.yml:1:8: share: 'half' is not a number
            verbose: yes               | c.yml:1:10: verbose: 'yes' is neither true nor false
            mode: nvlm                 | c.yml:1:7: mode: 'nvlm' is not one of nvml, old-style; did you mean 'nvml'?
            url: 'http://[bad'         | c.yml:1:6: url: 'http://[bad' is not a URL
                        port: ${PASSWORD}          | c.yml:1:7: port: '${PASSWORD}' is not a whole number
            share: ${NUMBER}           | c.yml:1:8: share: '${NUMBER}' is too large; at most 1
            host: ${NOPE}              | c.yml:1:7: host: environment variable NOPE is not set; set it or write ${NOPE:-default}
            host: ${HOST               | c.yml:1:7: host: '${' without '}'; write $$ for a dollar sign
            password: ${file:/no/such} | c.yml:1:11: password: file /no/such cannot be read (NoSuchFileException)
            names: a                   | c.yml:1:8: names: should be a list; write '- value' lines or [a, b]
            kafka: nine                | c.yml:1:8: kafka: should be a mapping of keys to values
            [1, 2]                     | c.yml:1:1: should be a mapping of keys to values
            a: 1\\n---\\nb: 2          | c.yml: more than one YAML document; remove the line with ---
            """)
    void aBadValueIsLocatedAndExplained(String yaml, String message) {
        assertThatThrownBy(() -> parse(yaml.replace("\\n", "\n")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    @Test
    void tabsAndBrokenYamlAreLocated() {
        assertThatThrownBy(() -> parse("kafka:\n\tbootstrap: x"))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("c.yml:2:1: not YAML:")
                .hasMessageEndingWith("indent with spaces, not tabs");
        assertThatThrownBy(() -> parse("host: [")).hasMessageStartingWith("c.yml:1:8: not YAML:");
    }

    @Test
    void everyProblemIsReportedAtOnce() {
        assertThatThrownBy(() -> parse("port: high\nverbose: yes\nmood: x"))
                .isInstanceOfSatisfying(
                        ConfigException.class, e -> assertThat(e.problems()).hasSize(3));
    }

    @Test
    void whatIsNeededAndWhatDoesNotFitTogetherIsSaid() {
        assertThatThrownBy(() -> Config.parse(Strict.class, "count: 3", "c.yml", Map.of()))
                .hasMessage("c.yml:1:1: needed: is required");
        assertThatThrownBy(() -> Config.parse(Strict.class, "needed: x\ncount: 2", "c.yml", Map.of()))
                .hasMessage("c.yml:1:1: count should be odd");
        assertThatThrownBy(() -> Config.parse(Strict.class, "", "c.yml", Map.of()))
                .hasMessage("c.yml: needed: is required");
    }

    @Test
    void filesThatAreNoConfigFilesAreRefused(@TempDir Path dir) throws IOException {
        Path binary = Files.write(dir.resolve("binary"), new byte[] {(byte) 0xC3, 0x28});
        Path huge = Files.write(dir.resolve("huge"), new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> Config.load(Example.class, binary, Map.of())).hasMessage(binary + ": not UTF-8 text");
        assertThatThrownBy(() -> Config.load(Example.class, huge, Map.of()))
                .hasMessage(huge + ": larger than 1 MiB; is it a config file?");
        assertThatThrownBy(() -> Config.load(Example.class, dir.resolve("none"), Map.of()))
                .hasMessage(dir.resolve("none") + ": no such file");
        assertThatThrownBy(() -> Config.load(Example.class, dir, Map.of())).isInstanceOf(ConfigException.class);
    }

    @Test
    void aliasBombsAreBounded() {
        String bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nnames: [*c, *c]";
        assertThatThrownBy(() -> parse(bomb)).isInstanceOf(ConfigException.class);
    }

    @Test
    void anOverrideWinsAndIsCheckedLikeTheRest() {
        var config = Config.parse(
                Example.class,
                "port: 1\nkafka: {bootstrap: a}",
                "c.yml",
                ENVIRONMENT,
                Map.of("port", "2", "kafka.bootstrap", "b", "names", "x, y"));
        assertThat(config.port()).isEqualTo(2);
        assertThat(config.kafka().bootstrap()).isEqualTo("b");
        assertThat(config.names()).containsExactly("x", "y");
        assertThatThrownBy(() -> Config.parse(Example.class, "", "c.yml", ENVIRONMENT, Map.of("port", "70000")))
                .hasMessage("port: '70000' is too large; at most 65535");
        assertThatThrownBy(() -> Config.parse(Example.class, "", "c.yml", ENVIRONMENT, Map.of("prt", "1")))
                .hasMessage("prt: unknown setting");
    }

    @SnakeCase
    record Foreign(@Nullable String certFile) {}

    @Test
    void aRecordMayHaveTheKeysOfSomebodyElsesFormat() {
        assertThat(Config.parse(Foreign.class, "cert_file: a", "c.yml", Map.of())
                        .certFile())
                .isEqualTo("a");
    }

    private static Example parse(String yaml) {
        return Config.parse(Example.class, yaml, "c.yml", ENVIRONMENT);
    }
}
