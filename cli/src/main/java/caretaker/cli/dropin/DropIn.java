package caretaker.cli.dropin;

import caretaker.alerts.AlertRouterConfig;
import caretaker.chassis.LogSettings;
import caretaker.chassis.config.Config;
import caretaker.chassis.config.ConfigException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code caretaker alertmanager} is to do: Alertmanager's flags as settings of the alert router.
 *
 * @param storage where the data is
 * @param listen the addresses, at least one
 * @param settings of the alert router, by the keys of its file; the first address is among them
 * @param ownFile has more settings of the section {@code alerting}; null if there is none
 * @param notes what is not as the flags ask, a line each, for the log
 */
public record DropIn(
        Path storage,
        List<Address> listen,
        Map<String, String> settings,
        @Nullable Path ownFile,
        LogSettings log,
        List<String> notes) {
    private static final Duration LEAST_RETENTION = Duration.ofMinutes(1);
    private static final Duration LEAST_INTERVAL = Duration.ofSeconds(1);
    private static final long LEAST_SILENCE = 1 << 10;
    private static final long LARGEST_SILENCE = 512 << 10;
    private static final Set<String> OTHER_FEATURES = Set.of(
            "receiver-name-in-metrics",
            "alert-names-in-metrics",
            "group-key-in-metrics",
            "auto-gomemlimit",
            "auto-gomaxprocs",
            "event-recorder");

    public DropIn {
        listen = List.copyOf(listen);
        settings = Map.copyOf(settings);
        notes = List.copyOf(notes);
    }

    /**
     * Where to listen.
     *
     * @param host 0.0.0.0 is every address, of IPv6 too
     */
    public record Address(String host, int port) {
        static Address parse(String text) throws BadFlag {
            String flag = "flag '--web.listen-address': '" + text + "' ";
            if (text.contains("://")) {
                throw new BadFlag(flag + "is of a kind that there is not; write host:port");
            }
            int colon = text.lastIndexOf(':');
            String host = colon < 0 ? "" : text.substring(0, colon);
            if (colon < 0 || !text.substring(colon + 1).matches("\\d{1,5}")) {
                throw new BadFlag(flag + "has no port; write host:port, or :port for every address");
            }
            int port = Integer.parseInt(text.substring(colon + 1));
            boolean bracketed = host.startsWith("[") && host.endsWith("]");
            if (port > 65_535 || (host.contains(":") && !bracketed)) {
                throw new BadFlag(flag + "is no address; write host:port, [::1]:9093 for one of IPv6");
            }
            String plain = bracketed ? host.substring(1, host.length() - 1) : host;
            return new Address(plain.isEmpty() ? "0.0.0.0" : plain, port);
        }
    }

    /** What our own file may hold. */
    private record Own(AlertRouterConfig.Alerting alerting) {}

    /**
     * The section {@code alerting} of our own file, where flags win.
     *
     * @param flagged what the flags alone come to
     * @throws ConfigException with everything that is wrong in it
     */
    public AlertRouterConfig.Alerting alerting(AlertRouterConfig.Alerting flagged, Map<String, String> environment) {
        if (ownFile == null) {
            return flagged;
        }
        Map<String, String> wins = new LinkedHashMap<>(settings);
        wins.keySet().removeIf(key -> !key.startsWith("alerting."));
        return Config.load(Own.class, ownFile, environment, wins).alerting();
    }

    /** What the first words of a command line can come to. */
    public sealed interface Request {
        record Help(String text) implements Request {}

        record Version() implements Request {}

        record Run(DropIn dropIn) implements Request {}
    }

    /**
     * Reads a command line.
     *
     * @param hostName of this machine, for links in messages
     */
    public static Request parse(List<String> arguments, String hostName) throws BadFlag {
        Flags flags = Flags.parse(arguments);
        if (flags.wantsHelp()) {
            return new Request.Help(help());
        }
        return flags.wantsVersion() ? new Request.Version() : new Request.Run(of(flags, hostName));
    }

    private static DropIn of(Flags flags, String hostName) throws BadFlag {
        List<String> notes = new ArrayList<>();
        for (Flag flag : flags.unused()) {
            notes.add("--" + flag.text() + " has no effect: " + flag.meaning());
        }
        Map<String, String> settings = new LinkedHashMap<>();
        List<Address> listen = new ArrayList<>();
        for (String text : flags.texts(Flag.WEB_LISTEN_ADDRESS)) {
            listen.add(Address.parse(text));
        }
        web(flags, listen.getFirst(), hostName, settings);
        alerting(flags, settings, notes);
        features(flags, settings, notes);
        var log = new LogSettings(
                LogSettings.Level.valueOf(flags.text(Flag.LOG_LEVEL).toUpperCase(Locale.ROOT)),
                LogSettings.Format.valueOf(flags.text(Flag.LOG_FORMAT).toUpperCase(Locale.ROOT)));
        String own = flags.text(Flag.OWN_FILE);
        return new DropIn(
                Path.of(flags.text(Flag.STORAGE_PATH)),
                listen,
                settings,
                own.isEmpty() ? null : Path.of(own),
                log,
                notes);
    }

    private static void web(Flags flags, Address first, String hostName, Map<String, String> settings) throws BadFlag {
        settings.put("http.host", first.host());
        settings.put("http.port", Integer.toString(first.port()));
        settings.put("http.get-concurrency", limit(flags, Flag.WEB_GET_CONCURRENCY));
        if (!flags.text(Flag.WEB_CONFIG_FILE).isEmpty()) {
            settings.put("http.web-config", flags.text(Flag.WEB_CONFIG_FILE));
        }
        String given = flags.text(Flag.WEB_EXTERNAL_URL);
        URI url = url(given.isEmpty() ? "http://" + hostName + ":" + first.port() + "/" : given);
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        String text = url.toString();
        settings.put("http.external-url", trimmed(text));
        String prefix = flags.has(Flag.WEB_ROUTE_PREFIX) ? flags.text(Flag.WEB_ROUTE_PREFIX) : path;
        settings.put("http.route-prefix", "/" + trimmed(prefix).replaceAll("^/+", ""));
    }

    private static String trimmed(String text) {
        return text.replaceAll("/+$", "");
    }

    private static URI url(String text) throws BadFlag {
        try {
            var url = new URI(text);
            if (("http".equals(url.getScheme()) || "https".equals(url.getScheme())) && url.getHost() != null) {
                return url;
            }
        } catch (URISyntaxException e) {
            throw new BadFlag("flag '--web.external-url': '" + text + "' is no URL: " + e.getReason());
        }
        throw new BadFlag("flag '--web.external-url': '" + text + "' is no URL of http or https");
    }

    private static void alerting(Flags flags, Map<String, String> settings, List<String> notes) {
        settings.put("built-in.enabled", "false"); // Alertmanager has no alerts of its own
        settings.put("alerting.config-file", flags.text(Flag.CONFIG_FILE));
        settings.put("alerting.alone", "true"); // its Kafka knows no other
        settings.put("alerting.instance", "alertmanager"); // the same after a restart, on whatever port
        settings.put("alerting.retention", atLeast(LEAST_RETENTION, flags, Flag.DATA_RETENTION, notes));
        settings.put("alerting.start-delay", atLeast(Duration.ZERO, flags, Flag.DISPATCH_START_DELAY, notes));
        settings.put("alerting.forget-every", atLeast(LEAST_INTERVAL, flags, Flag.ALERTS_GC_INTERVAL, notes));
        settings.put("alerting.max-alerts-per-name", limit(flags, Flag.ALERTS_LIMIT));
        settings.put("alerting.max-silences", limit(flags, Flag.SILENCES_MAX));
        long size = flags.integer(Flag.SILENCES_MAX_SIZE);
        long most = size <= 0 ? LARGEST_SILENCE : Math.clamp(size, LEAST_SILENCE, LARGEST_SILENCE);
        if (size > 0 && most != size) {
            notes.add("--" + Flag.SILENCES_MAX_SIZE.text() + " is taken as " + most);
        }
        settings.put("alerting.max-silence", most + "B");
    }

    private static String limit(Flags flags, Flag flag) {
        return Long.toString(Math.clamp(flags.integer(flag), 0, Integer.MAX_VALUE));
    }

    private static String atLeast(Duration least, Flags flags, Flag flag, List<String> notes) {
        Duration asked = flags.duration(flag);
        if (asked.compareTo(least) >= 0) {
            return asked.toMillis() + "ms";
        }
        notes.add("--" + flag.text() + " is taken as " + least.toSeconds() + "s, the least there is");
        return least.toMillis() + "ms";
    }

    private static void features(Flags flags, Map<String, String> settings, List<String> notes) throws BadFlag {
        String matchers = "fallback";
        for (String list : flags.texts(Flag.ENABLE_FEATURE)) {
            for (String feature : list.split(",", -1)) {
                if (feature.equals("classic-mode") || feature.equals("utf8-strict-mode")) {
                    String asked = feature.equals("classic-mode") ? "classic" : "utf8";
                    if (!matchers.equals("fallback") && !matchers.equals(asked)) {
                        throw new BadFlag(
                                "flag '--enable-feature': classic-mode and utf8-strict-mode exclude each other");
                    }
                    matchers = asked;
                } else if (OTHER_FEATURES.contains(feature)) {
                    notes.add("--enable-feature=" + feature + " has no effect");
                } else if (!feature.isEmpty()) {
                    throw new BadFlag("flag '--enable-feature': unknown feature '" + feature + "'");
                }
            }
        }
        settings.put("alerting.matchers", matchers);
    }

    private static String help() {
        var text = new StringBuilder("""
                usage: caretaker alertmanager [<flags>]

                The alert router with Alertmanager's flags, in one process: an operator swaps the binary.
                SIGHUP reads the configuration again, SIGTERM ends it.

                Flags:
                """);
        for (Flag flag : Flag.values()) {
            if (flag.isUsed()) {
                String standard = String.join("", flag.standard());
                text.append("  --").append(flag.text()).append(standard.isEmpty() ? "" : "=" + standard);
                text.append("\n        ").append(flag.meaning()).append('\n');
            }
        }
        text.append("  --version\n  --help\n\nTaken, and without effect here:\n");
        Arrays.stream(Flag.values())
                .filter(flag -> !flag.isUsed() && flag.kind() != Flag.Kind.REFUSED)
                .forEach(flag -> text.append("  --").append(flag.text()).append('\n'));
        return text.toString();
    }
}
