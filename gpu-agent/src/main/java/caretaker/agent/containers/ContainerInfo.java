package caretaker.agent.containers;

/**
 * Who a container is.
 *
 * @param id 64 hex digits
 * @param name without the slash that Docker puts before it; empty while the engine has not told
 * @param image as it was asked for; empty while the engine has not told
 * @param composeProject empty outside of compose
 * @param composeService empty outside of compose
 */
public record ContainerInfo(String id, String name, String image, String composeProject, String composeService) {}
