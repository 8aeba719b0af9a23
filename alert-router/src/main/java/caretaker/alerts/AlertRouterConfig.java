package caretaker.alerts;

import caretaker.alerts.builtin.BuiltInSettings;
import caretaker.alerts.bus.Ledger;
import caretaker.alerts.delivery.DeliverySettings;
import caretaker.alerts.news.NewsTopics;
import caretaker.alerts.routing.AlertStore;
import caretaker.alerts.routing.MatcherSyntax;
import caretaker.alerts.routing.ReceiverOptions;
import caretaker.alerts.routing.Silences;
import caretaker.alerts.state.Board;
import caretaker.chassis.HttpSettings;
import caretaker.chassis.KafkaSettings;
import caretaker.chassis.LogSettings;
import caretaker.chassis.config.Bytes;
import caretaker.chassis.config.Config;
import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Everything the alert router can be told, but for what Alertmanager's own file says. */
public record AlertRouterConfig(
        KafkaSettings kafka, Http http, Alerting alerting, BuiltInSettings builtIn, Topics topics, LogSettings log) {

    /** Reads a YAML file. */
    public static AlertRouterConfig load(Path file, Map<String, String> environment) {
        return Config.load(AlertRouterConfig.class, file, environment);
    }

    /**
     * Where Alertmanager's API is served; see {@link HttpSettings}.
     *
     * @param routePrefix what stands before every path, {@code /alertmanager}
     * @param externalUrl where people find it; in messages
     * @param maxBody a request with a larger body is refused
     * @param getConcurrency GETs that are answered at once; 0 for as many as there are processors, and at least 8
     */
    public record Http(
            @Default("127.0.0.1") String host,

            @Default("9093") @Range(min = "0", max = "65535")
            int port,

            @Nullable Path webConfig,
            @Default("/") String routePrefix,
            @Default("http://127.0.0.1:9093") String externalUrl,

            @Default("32MiB") @Range(min = "1MiB", max = "256MiB")
            Bytes maxBody,

            @Default("0") @Range(min = "0") int getConcurrency) {

        HttpSettings settings() {
            return new HttpSettings(host, port, webConfig, maxBody);
        }
    }

    /**
     * How alerts become messages.
     *
     * @param configFile Alertmanager's configuration
     * @param matchers how matchers are read
     * @param instance names this instance among those that share the topics, the same after a restart; without one,
     *     the host's name and the port
     * @param group the instances' consumer group: one of them tells people, the others stand by
     * @param retryFor how long it is tried to tell somebody something; then it is a dead letter
     * @param fallback who is told instead of a receiver that fails
     * @param startDelay nobody is told of anything before this time since the start is over
     * @param retention how long silences that ended and what was sent are remembered
     * @param forgetEvery how often alerts that are over are looked for
     * @param alone whether nobody else ever writes to the router's topics, a second instance neither: then it need not
     *     read again the alerts that it has put there
     * @param maxKept of the memory, by alerts, silences and what could not be told; 0 for a third of the heap
     * @param maxAlerts one more is refused; 0 for no limit
     * @param maxAlert a larger one, as JSON, is refused: the bus would not take it
     * @param maxAlertsPerName firing ones of one {@code alertname}; 0 for no limit
     * @param maxGroups alerts that would open one more are not told of; 0 for no limit
     * @param maxSilences ended ones included; 0 for no limit
     * @param maxSilence a larger one is refused
     * @param defaults what is done beyond Alertmanager's file for receivers that are not named in {@code receivers}
     * @param receivers what is otherwise for receivers of Alertmanager's file, by their names
     */
    public record Alerting(
            @Default("alertmanager.yml") Path configFile,
            @Default("fallback") MatcherSyntax matchers,

            @Nullable String instance,
            @Default("caretaker-alert-router") String group,

            @Default("6h") @Range(min = "10s") Duration retryFor,

            @Nullable Fallback fallback,
            @Default("0s") @Range(min = "0s") Duration startDelay,

            @Default("120h") @Range(min = "1m") Duration retention,

            @Default("30m") @Range(min = "1s") Duration forgetEvery,

            @Default("false") boolean alone,

            @Default("0B") Bytes maxKept,

            @Default("200000") @Range(min = "0") int maxAlerts,

            @Default("512KiB") @Range(min = "1KiB", max = "768KiB")
            Bytes maxAlert,

            @Default("0") @Range(min = "0") int maxAlertsPerName,

            @Default("50000") @Range(min = "0") int maxGroups,

            @Default("10000") @Range(min = "0") int maxSilences,

            @Default("64KiB") @Range(min = "1KiB", max = "512KiB")
            Bytes maxSilence,

            ReceiverSettings.Defaults defaults,
            Map<String, ReceiverSettings> receivers) {
        public Alerting {
            receivers = Map.copyOf(receivers);
            remembersLongEnough("defaults", defaults.options(), retention);
            receivers.forEach(
                    (name, own) -> remembersLongEnough("receivers." + name, own.options(defaults), retention));
        }

        private static void remembersLongEnough(String where, ReceiverOptions options, Duration retention) {
            if (options.backsOff()
                    && options.maxRepeatInterval().multipliedBy(2).compareTo(retention) > 0) {
                throw new IllegalArgumentException(where + ".max-repeat-interval: may be half of alerting.retention at"
                        + " most; what was told is forgotten else before it is repeated");
            }
        }

        /** What is done for a receiver, by its name. */
        Function<String, ReceiverOptions> options() {
            ReceiverOptions common = defaults.options();
            Map<String, ReceiverOptions> named = new HashMap<>();
            receivers.forEach((name, own) -> named.put(name, own.options(defaults)));
            return name -> named.getOrDefault(name, common);
        }

        /**
         * Who is told instead.
         *
         * @param receiver one of Alertmanager's file
         * @param after how long a receiver has to fail; one that refuses a message for good needs no time
         */
        public record Fallback(
                String receiver,
                @Default("5m") @Range(min = "0s") Duration after) {}

        DeliverySettings deliveries() {
            return new DeliverySettings(
                    retryFor,
                    retention,
                    fallback == null ? null : new DeliverySettings.Fallback(fallback.receiver(), fallback.after()));
        }

        Board.Limits limits() {
            return new Board.Limits(
                    new AlertStore.Limits(maxAlertsPerName, maxAlerts),
                    new Silences.Limits(maxSilences, (int) maxSilence.count()),
                    maxGroups,
                    maxKept.count() == 0 ? Runtime.getRuntime().maxMemory() / 3 : maxKept.count(),
                    retention);
        }
    }

    /** Names of the topics. */
    public record Topics(
            @Default("caretaker.alerts") String alerts,
            @Default("caretaker.silences") String silences,
            @Default("caretaker.notifications") String notifications,
            @Default("caretaker.dead-letters") String deadLetters,
            @Default("caretaker.readings") String readings,
            @Default("caretaker.health") String health,
            @Default("caretaker.inventory") String inventory,
            @Default("caretaker.recoveries") String recoveries,
            @Default("caretaker.backups") String backups) {

        Ledger.Topics ledger() {
            return new Ledger.Topics(alerts, silences, notifications);
        }

        NewsTopics news() {
            return new NewsTopics(readings, health, inventory, recoveries, backups);
        }
    }
}
