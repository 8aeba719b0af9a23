package caretaker.agent.containers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds the container of a process by its cgroup. Nothing is remembered of a process, so a number that the kernel gives
 * to another process is never mistaken; a look costs one read from {@code /proc}, some tens of microseconds.
 *
 * <p>Of a container inside a container it takes the innermost one that the engine knows, because that is the one its
 * operator can name and restart. If the engine knows none of them, it is the innermost.
 */
public final class CgroupLookup implements ContainerLookup {
    private static final int MAX_BYTES = 64 * 1024;

    private final Path procRoot;
    private final Function<String, Optional<ContainerInfo>> known;

    /**
     * @param procRoot {@code /proc} of the host
     * @param known what the engine has told of an id; must not wait, may be called by any thread
     */
    public CgroupLookup(Path procRoot, Function<String, Optional<ContainerInfo>> known) {
        this.procRoot = procRoot;
        this.known = known;
    }

    @Override
    public Membership of(int pid) {
        Cgroups cgroups;
        try {
            cgroups = read(pid);
        } catch (NoSuchFileException e) {
            return new Membership.Unknown("process " + pid + " has ended");
        } catch (IOException e) {
            return new Membership.Unknown("the cgroup of process " + pid + " cannot be read: " + e.getMessage());
        }
        if (cgroups.paths().isEmpty()) {
            return new Membership.Unknown("process " + pid + " has no cgroup that can be understood");
        }
        List<String> inside = cgroups.containers().reversed();
        if (inside.isEmpty()) {
            return new Membership.OnHost();
        }
        for (String id : inside) {
            Optional<ContainerInfo> container = known.apply(id);
            if (container.isPresent()) {
                return new Membership.Inside(container.get());
            }
        }
        return new Membership.Inside(new ContainerInfo(inside.getFirst(), "", "", "", ""));
    }

    /** The cgroups of a process. */
    Cgroups read(long pid) throws IOException {
        try (InputStream file = Files.newInputStream(procRoot.resolve(Long.toString(pid), "cgroup"))) {
            return Cgroups.parse(new String(file.readNBytes(MAX_BYTES), StandardCharsets.UTF_8));
        }
    }
}
