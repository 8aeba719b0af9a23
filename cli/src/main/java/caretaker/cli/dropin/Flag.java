package caretaker.cli.dropin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A flag of Alertmanager's, from 0.25 to 0.34, or our own, with its default. The order is that of its help. */
enum Flag {
    CONFIG_FILE("config.file", Kind.TEXT, "alertmanager.yml", "Alertmanager's configuration file."),
    STORAGE_PATH("storage.path", Kind.TEXT, "data/", "Folder of the data. One process at a time."),
    DISPATCH_START_DELAY(
            "dispatch.start-delay",
            Kind.DURATION,
            "0s",
            "Nobody is told of anything before this time since the start."),
    DATA_RETENTION(
            "data.retention", Kind.DURATION, "120h", "How long silences that ended and what was sent are remembered."),
    ALERTS_GC_INTERVAL("alerts.gc-interval", Kind.DURATION, "30m", "How often alerts that are over are forgotten."),
    ALERTS_LIMIT("alerts.per-alertname-limit", Kind.INTEGER, "0", "Firing alerts of one name; 0: no limit."),
    SILENCES_MAX("silences.max-silences", Kind.INTEGER, "0", "Silences, ended ones included; 0: no limit."),
    SILENCES_MAX_SIZE(
            "silences.max-silence-size-bytes",
            Kind.INTEGER,
            "0",
            "Size of one silence; 0: the most there is, 512 KiB."),
    WEB_LISTEN_ADDRESS(
            "web.listen-address", Kind.TEXTS, ":9093", "Where to listen; without a host on all. May be repeated."),
    WEB_CONFIG_FILE("web.config.file", Kind.TEXT, "", "TLS and passwords, in the form of Prometheus' exporters."),
    WEB_EXTERNAL_URL("web.external-url", Kind.TEXT, "", "Where people find it. Its path goes before all paths."),
    WEB_ROUTE_PREFIX("web.route-prefix", Kind.TEXT, "", "What goes before all paths; the path of the external URL."),
    WEB_GET_CONCURRENCY(
            "web.get-concurrency", Kind.INTEGER, "0", "GETs answered at once; 0: the processors, and at least 8."),
    ENABLE_FEATURE("enable-feature", Kind.TEXTS, "", "classic-mode, utf8-strict-mode. Commas between several."),
    LOG_LEVEL("log.level", Kind.LEVEL, "info", "debug, info, warn or error."),
    LOG_FORMAT("log.format", Kind.FORMAT, "logfmt", "logfmt or json."),
    /** The only one that Alertmanager does not have. */
    OWN_FILE(
            "caretaker.config.file",
            Kind.TEXT,
            "",
            "File with the section 'alerting' of the alert router's own settings. What a flag says wins."),

    WEB_SYSTEMD_SOCKET("web.systemd-socket", Kind.REFUSED, "use --web.listen-address"),

    DATA_MAINTENANCE_INTERVAL("data.maintenance-interval", Kind.DURATION, Why.AT_ONCE),
    LOG_SILENCES("log.silences", Kind.SWITCH, "every change of a silence is on the bus"),
    DISPATCH_MAINTENANCE_INTERVAL("dispatch.maintenance-interval", Kind.DURATION, "empty groups are looked for anyway"),
    WEB_TIMEOUT("web.timeout", Kind.DURATION, "requests are bounded anyway"),
    WEB_UI_PATH("web.ui-path", Kind.TEXT, "there are no pages yet"),
    GOMEMLIMIT("auto-gomemlimit", Kind.SWITCH, Why.GO),
    GOMEMLIMIT_RATIO("auto-gomemlimit.ratio", Kind.NUMBER, Why.GO),
    CLUSTER_LISTEN_ADDRESS("cluster.listen-address", Kind.TEXT, Why.CLUSTER),
    CLUSTER_ADVERTISE_ADDRESS("cluster.advertise-address", Kind.TEXT, Why.CLUSTER),
    CLUSTER_PEER("cluster.peer", Kind.TEXTS, Why.CLUSTER),
    CLUSTER_PEER_NAME("cluster.peer-name", Kind.TEXT, Why.CLUSTER),
    CLUSTER_PEER_TIMEOUT("cluster.peer-timeout", Kind.DURATION, Why.CLUSTER),
    CLUSTER_PEERS_RESOLVE_TIMEOUT("cluster.peers-resolve-timeout", Kind.DURATION, Why.CLUSTER),
    CLUSTER_GOSSIP_INTERVAL("cluster.gossip-interval", Kind.DURATION, Why.CLUSTER),
    CLUSTER_PUSHPULL_INTERVAL("cluster.pushpull-interval", Kind.DURATION, Why.CLUSTER),
    CLUSTER_TCP_TIMEOUT("cluster.tcp-timeout", Kind.DURATION, Why.CLUSTER),
    CLUSTER_PROBE_TIMEOUT("cluster.probe-timeout", Kind.DURATION, Why.CLUSTER),
    CLUSTER_PROBE_INTERVAL("cluster.probe-interval", Kind.DURATION, Why.CLUSTER),
    CLUSTER_SETTLE_TIMEOUT("cluster.settle-timeout", Kind.DURATION, Why.CLUSTER),
    CLUSTER_RECONNECT_INTERVAL("cluster.reconnect-interval", Kind.DURATION, Why.CLUSTER),
    CLUSTER_RECONNECT_TIMEOUT("cluster.reconnect-timeout", Kind.DURATION, Why.CLUSTER),
    CLUSTER_TLS_CONFIG("cluster.tls-config", Kind.TEXT, Why.CLUSTER),
    CLUSTER_INSECURE("cluster.allow-insecure-public-advertise-address-discovery", Kind.SWITCH, Why.CLUSTER),
    CLUSTER_LABEL("cluster.label", Kind.TEXT, Why.CLUSTER);

    /** What may be said of a flag. */
    enum Kind {
        TEXT,
        /** As {@link #TEXT}, and may be repeated. */
        TEXTS,
        /** As Go writes it. */
        DURATION,
        INTEGER,
        NUMBER,
        /** {@code --x} or {@code --no-x}. */
        SWITCH,
        LEVEL,
        FORMAT,
        /** Known, and cannot be had: leaving it out silently would do something else than was asked for. */
        REFUSED
    }

    private static final class Why {
        static final String AT_ONCE = "everything is on disk before it is answered";
        static final String GO = "it is for Go's memory";
        static final String CLUSTER = "instances do not gossip: they share a Kafka, see `caretaker alert-router`";
    }

    private final String text;
    private final Kind kind;
    private final @Nullable String standard;
    private final String meaning;

    /** One that is used. */
    Flag(String text, Kind kind, String standard, String meaning) {
        this.text = text;
        this.kind = kind;
        this.standard = standard;
        this.meaning = meaning;
    }

    /** One without effect here; {@code why}, in a few words. */
    Flag(String text, Kind kind, String why) {
        this.text = text;
        this.kind = kind;
        this.standard = null;
        this.meaning = why;
    }

    /** Without the dashes. */
    String text() {
        return text;
    }

    Kind kind() {
        return kind;
    }

    /** Its values where none is given. */
    List<String> standard() {
        return standard == null ? List.of() : List.of(standard);
    }

    /** Whether it has an effect. */
    boolean isUsed() {
        return standard != null;
    }

    /** What it does; for one that is not used, why not. */
    String meaning() {
        return meaning;
    }
}
