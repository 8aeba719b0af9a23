package caretaker.cli.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.alerts.AlertRouterConfig;
import caretaker.alerts.routing.MatcherSyntax;
import caretaker.chassis.LogSettings;
import caretaker.chassis.config.Config;
import caretaker.chassis.config.ConfigException;
import caretaker.testkit.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DropInTest {
    private static DropIn of(String... arguments) {
        try {
            return ((DropIn.Request.Run) DropIn.parse(List.of(arguments), "head")).dropIn();
        } catch (BadFlag e) {
            throw new AssertionError(e);
        }
    }

    private static AlertRouterConfig config(String... arguments) {
        return Config.parse(
                AlertRouterConfig.class, "", "test", Map.of(), of(arguments).settings());
    }

    @Test
    void withoutFlagsItIsWhereAlertmanagerIs() {
        // When
        AlertRouterConfig config = config();

        // Then
        assertThat(config.alerting().configFile()).isEqualTo(Path.of("alertmanager.yml"));
        assertThat(of().storage()).isEqualTo(Path.of("data"));
        assertThat(of().listen()).containsExactly(new DropIn.Address("0.0.0.0", 9093));
        assertThat(config.http().externalUrl()).isEqualTo("http://head:9093");
        assertThat(config.http().routePrefix()).isEqualTo("/");
        assertThat(config.alerting().retention()).isEqualTo(Duration.ofDays(5));
        assertThat(config.alerting().forgetEvery()).isEqualTo(Duration.ofMinutes(30));
        assertThat(config.alerting().maxSilences()).isZero();
        assertThat(config.alerting().maxAlertsPerName()).isZero();
        assertThat(config.builtIn().enabled()).isFalse();
        assertThat(of().log()).isEqualTo(new LogSettings(LogSettings.Level.INFO, LogSettings.Format.LOGFMT));
        assertThat(of().notes()).isEmpty();
    }

    @Test
    void ourOwnFileSaysWhatThereIsNoFlagForAndAMistakeInItHasItsLine(@TempDir Path directory) throws Exception {
        // Given
        Path file = Files.writeString(directory.resolve("own.yml"), """
                alerting:
                  retention: 1d
                  fallback: {receiver: other}
                  receivers: {team: {flush-when-all-resolved: true}}
                """);
        Path bad = Files.writeString(directory.resolve("bad.yml"), "alerting: {}\nhttp: {port: 1}\n");
        String flag = "--caretaker.config.file=";

        // When
        var alerting = of(flag + file).alerting(config(flag + file).alerting(), Map.of());

        // Then
        assertThat(alerting.receivers()).containsOnlyKeys("team");
        assertThat(alerting.fallback()).isNotNull();
        assertThat(alerting.retention()).as("a flag's").isEqualTo(Duration.ofDays(5));
        assertThat(alerting.configFile()).isEqualTo(Path.of("alertmanager.yml"));
        assertThatThrownBy(() -> of(flag + bad).alerting(config().alerting(), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("bad.yml:2:1: http: unknown key");
    }

    @Test
    void bothWaysToGiveAValueAreRead() {
        // When
        AlertRouterConfig config = config(
                "--config.file=/etc/am.yml",
                "--data.retention",
                "48h",
                "--alerts.gc-interval=1m30s",
                "--silences.max-silences=7",
                "--silences.max-silence-size-bytes=2048",
                "--alerts.per-alertname-limit",
                "9",
                "--web.config.file=web.yml",
                "--web.get-concurrency=3",
                "--enable-feature=classic-mode");

        // Then
        assertThat(config.alerting().configFile()).isEqualTo(Path.of("/etc/am.yml"));
        assertThat(config.alerting().retention()).isEqualTo(Duration.ofDays(2));
        assertThat(config.alerting().forgetEvery()).isEqualTo(Duration.ofSeconds(90));
        assertThat(config.alerting().maxSilences()).isEqualTo(7);
        assertThat(config.alerting().maxSilence().count()).isEqualTo(2048);
        assertThat(config.alerting().maxAlertsPerName()).isEqualTo(9);
        assertThat(config.http().webConfig()).isEqualTo(Path.of("web.yml"));
        assertThat(config.http().getConcurrency()).isEqualTo(3);
        assertThat(config.alerting().matchers()).isEqualTo(MatcherSyntax.CLASSIC);
    }

    @ParameterizedTest
    @CsvSource({
        ":9093, 0.0.0.0, 9093",
        "127.0.0.1:1, 127.0.0.1, 1",
        "[::1]:9093, ::1, 9093",
        "[::]:0, ::, 0",
        "head.example:65535, head.example, 65535"
    })
    void addresses(String text, String host, int port) {
        assertThat(of("--web.listen-address=" + text).listen()).containsExactly(new DropIn.Address(host, port));
    }

    @Test
    void severalAddressesAreTakenAndTheFirstIsInTheLinks() {
        // When
        var dropIn = of("--web.listen-address=:9093", "--web.listen-address", "127.0.0.1:9094");

        // Then
        assertThat(dropIn.listen())
                .containsExactly(new DropIn.Address("0.0.0.0", 9093), new DropIn.Address("127.0.0.1", 9094));
    }

    @ParameterizedTest
    @CsvSource({
        "http://am.example/, , http://am.example, /",
        "https://am.example/a/b/, , https://am.example/a/b, /a/b",
        "https://am.example/a, /, https://am.example/a, /",
        "https://am.example, x/, https://am.example, /x"
    })
    void thePrefixIsThePathOfTheUrlUnlessItIsGiven(String url, String prefix, String links, String expected) {
        // When
        AlertRouterConfig config = prefix == null
                ? config("--web.external-url=" + url)
                : config("--web.external-url=" + url, "--web.route-prefix=" + prefix);

        // Then
        assertThat(config.http().externalUrl()).isEqualTo(links);
        assertThat(config.http().routePrefix()).isEqualTo(expected);
    }

    @Test
    void whatHasNoMeaningIsTakenAndSaid() {
        // When
        var dropIn = of(
                "--cluster.peer=a:9094",
                "--cluster.peer",
                "b:9094",
                "--cluster.listen-address=",
                "--data.maintenance-interval=1m",
                "--no-log.silences",
                "--auto-gomemlimit.ratio=0.9",
                "--enable-feature=receiver-name-in-metrics",
                "--data.retention=10s");

        // Then: the empty address asks for nothing
        assertThat(dropIn.notes())
                .hasSize(6)
                .anySatisfy(
                        note -> assertThat(note).startsWith("--cluster.peer has no effect: instances do not gossip"))
                .anySatisfy(note -> assertThat(note).contains("--data.retention is taken as 60s"))
                .noneSatisfy(note -> assertThat(note).contains("listen-address"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--bogus                          | unknown long flag '--bogus'",
                "--config.fil=x                   | did you mean '--config.file'?",
                "extra                            | unexpected 'extra'",
                "-c                               | unknown short flag '-c'",
                "--config.file                    | expected argument for flag '--config.file'",
                "--data.retention=xx              | '--data.retention': 'xx' is not a duration",
                "--data.retention=5d              | '--data.retention': '5d' is not a duration",
                "--log.level=loud                 | 'loud' is none of debug, error, info, warn",
                "--alerts.per-alertname-limit=1.5 | is not a whole number",
                "--web.listen-address=9093        | has no port",
                "--web.listen-address=a:b         | has no port",
                "--web.listen-address=::1:9093    | is no address",
                "--web.listen-address=:99999      | is no address",
                "--web.listen-address=vsock://:1  | is of a kind that there is not",
                "--web.external-url=ftp://x       | is no URL of http or https",
                "--web.external-url=:x            | is no URL",
                "--web.systemd-socket             | use --web.listen-address",
                "--no-config.file                 | unknown long flag '--no-config.file'",
                "--enable-feature=x               | unknown feature 'x'",
                "--config.file=a --config.file=b  | flag 'config.file' cannot be repeated",
                "--enable-feature=classic-mode,utf8-strict-mode | exclude each other"
            })
    void mistakesAreNamed(String arguments, String message) {
        assertThatThrownBy(() -> DropIn.parse(List.of(arguments.strip().split(" ")), "head"))
                .isInstanceOf(BadFlag.class)
                .hasMessageContaining(message);
    }

    @Test
    void helpAndVersionWinOverWhatFollows() throws Exception {
        assertThat(DropIn.parse(List.of("--version", "--bogus"), "head")).isInstanceOf(DropIn.Request.Version.class);
        assertThat(DropIn.parse(List.of("-h"), "head"))
                .isInstanceOfSatisfying(
                        DropIn.Request.Help.class,
                        help -> assertThat(help.text())
                                .contains("--config.file=alertmanager.yml")
                                .contains("--cluster.peer\n"));
    }

    /** Debian's has other defaults for its folders, which its service file gives anyway. */
    @Test
    void everyFlagOfDebiansAlertmanagerIsKnown() throws Exception {
        // Given
        Path program = Programs.assume("prometheus-alertmanager");
        Process process = new ProcessBuilder(program.toString(), "--help")
                .redirectErrorStream(true)
                .start();
        String help = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);

        // When
        List<String> flags = Pattern.compile("(?m)^ {2,6}(?:-h, )?--([a-z0-9.-]+)")
                .matcher(help)
                .results()
                .map(found -> found.group(1))
                .toList();

        // Then
        assertThat(flags).hasSizeGreaterThan(20);
        var known = Arrays.stream(Flag.values()).map(Flag::text).toList();
        assertThat(flags).allMatch(flag -> known.contains(flag) || flag.equals("help") || flag.equals("version"));
    }
}
