package caretaker.alerts.news;

import java.util.List;

/** Names of the topics that built-in alerts are made of. */
public record NewsTopics(String readings, String health, String inventory, String recoveries, String backups) {
    public List<String> all() {
        return List.of(readings, health, inventory, recoveries, backups);
    }
}
