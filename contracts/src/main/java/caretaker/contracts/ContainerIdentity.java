package caretaker.contracts;

import java.util.regex.Pattern;

/**
 * Who a container is. Its id changes when it is created anew; its {@link #key} does not.
 *
 * @param id 64 hex digits as the engine gives them; empty if none is known
 * @param name the engine's name of it, without the slash before it
 * @param image as it was asked for; empty if not known
 * @param project the compose project; empty outside of compose
 * @param service the compose service; empty outside of compose
 * @param number which instance of the service, from 1; 0 outside of compose
 */
public record ContainerIdentity(String id, String name, String image, String project, String service, int number) {
    /** UTF-16 units of an image's name. */
    public static final int MAX_IMAGE = 512;

    /** The engine's own rule for names; nothing that looks like a path or an option. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");

    private static final Pattern ID = Pattern.compile("[0-9a-f]{0,64}");

    public ContainerIdentity {
        if (!isName(name)) {
            throw new IllegalArgumentException("a container needs a name of letters, digits, '_', '.' and '-'");
        }
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("a container's id has hex digits");
        }
        boolean inCompose = isName(project) && isName(service) && number >= 1;
        boolean outside = project.isEmpty() && service.isEmpty() && number == 0;
        if (!inCompose && !outside) {
            throw new IllegalArgumentException("a container has a project, a service and a number, or none of them");
        }
        image = BoundedText.cut(image, MAX_IMAGE);
    }

    /** What the engine says of a container. Labels of compose that are none count for nothing. */
    public static ContainerIdentity of(
            String id, String name, String image, String project, String service, int number) {
        return isName(project) && isName(service) && number >= 1
                ? new ContainerIdentity(id, name, image, project, service, number)
                : new ContainerIdentity(id, name, image, "", "", 0);
    }

    /** Whether a container may be called that. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** What stays when the container is created anew: {@code research/grafana/1}, or its name outside of compose. */
    public String key() {
        return project.isEmpty() ? name : project + "/" + service + "/" + number;
    }

    /** The key of its records: {@code node-07/research/grafana/1}. */
    public String key(String host) {
        return host + "/" + key();
    }
}
