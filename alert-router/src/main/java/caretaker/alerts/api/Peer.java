package caretaker.alerts.api;

/**
 * A live instance of the alert router.
 *
 * @param address host and port
 */
public record Peer(String name, String address) {}
