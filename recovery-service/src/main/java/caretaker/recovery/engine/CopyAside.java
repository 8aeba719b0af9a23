package caretaker.recovery.engine;

import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryState.Operation;
import caretaker.recovery.containers.Sighting.State;
import caretaker.recovery.engine.Copies.Check;
import caretaker.recovery.engine.Copies.Finding;
import caretaker.recovery.engine.Copies.Kept;
import caretaker.recovery.engine.Copies.Tar;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Rung;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Copies a folder of a container to this disk, and looks whether a database in the copy is whole. A container that is
 * stopped for it is started again, unless it was down before and its copy is damaged. Killed at any step, it can be
 * begun again: the files of the copy and the container's state say how far it came. One copy is made at a time.
 */
final class CopyAside {
    private static final int BUFFER = 64 << 10;
    private static final int ROOM_EVERY = 16 << 20;
    private static final String RUNNING = "running";

    /** How far it has come. */
    enum Step {
        STOPPED,
        COPIED,
        CHECKED,
        WRITTEN,
        STARTED
    }

    /** Why there is no copy; in words that a person may read. */
    private static final class NoCopy extends Exception {
        private static final long serialVersionUID = 1;

        private final String why;

        NoCopy(String why) {
            super(why);
            this.why = Refusal.line(why);
        }

        String why() {
            return why;
        }
    }

    /** @param mayPerform asked before each call that changes something */
    private record Work(Effect.Perform perform, Instant until, BooleanSupplier mayPerform) {
        Operation operation() {
            return perform.operation();
        }

        Rung rung() {
            return perform.rung();
        }

        String id() {
            return operation().before().containerId();
        }

        boolean ranBefore() {
            return operation().before().state().equals(RUNNING);
        }

        void ask() throws HeldBack {
            HeldBack.unless(mayPerform);
        }
    }

    private final Daemon daemon;
    private final Census census;
    private final Copies copies;
    private final long maxBytes;
    private final InstantSource clock;
    private final Recreation.Progress progress;
    private final Lock turn = new ReentrantLock();

    CopyAside(
            Daemon daemon,
            Census census,
            Copies copies,
            long maxBytes,
            InstantSource clock,
            Recreation.Progress progress) {
        this.daemon = daemon;
        this.census = census;
        this.copies = copies;
        this.maxBytes = maxBytes;
        this.clock = clock;
        this.progress = progress;
    }

    Result of(Effect.Perform perform, BooleanSupplier mayPerform) throws Unavailable, Refusal {
        turn.lock();
        try {
            return inTurn(new Work(perform, clock.instant().plus(perform.rung().within()), mayPerform));
        } finally {
            turn.unlock();
        }
    }

    private Result inTurn(Work work) throws Unavailable, Refusal {
        Optional<Inspection> found;
        try {
            found = census.inspect(work.id());
        } catch (Unavailable e) {
            return new Result.Refused("the engine does not answer: " + e.why()); // it was only asked
        }
        Optional<Kept> kept = copies.of(work.operation().id());
        if (found.isEmpty() || isChanged(found.get(), work, kept.isPresent())) {
            return new Result.Changed();
        }
        if (!work.mayPerform().getAsBoolean()) {
            return new Result.Held();
        }
        try {
            return finished(work, kept.isPresent() ? kept.get() : made(work, found.get()));
        } catch (HeldBack e) {
            return new Result.Unknown("half done: it may not go on now");
        } catch (NoCopy e) {
            return back(work, e.why());
        } catch (Refusal e) {
            return back(work, e.why()); // it may have been stopped before
        }
    }

    /** another container, another run, or a state that somebody has put it in since. */
    private static boolean isChanged(Inspection now, Work work, boolean isCopied) {
        if (!now.id().equals(work.id())) {
            return true;
        }
        boolean mayBeStopped = work.perform().again()
                && now.state().filter(State.EXITED::equals).isPresent();
        boolean isAsItWas = isSameRun(now, work) && (mayBeStopped || Actions.isInSameState(now, work.operation()));
        return !isCopied && !isAsItWas;
    }

    private static boolean isSameRun(Inspection now, Work work) {
        return Objects.equals(now.startedAt(), work.operation().before().startedAt());
    }

    private static boolean isRunning(Inspection container) {
        return container.state().filter(State.RUNNING::equals).isPresent();
    }

    private Kept made(Work work, Inspection container) throws Unavailable, Refusal, NoCopy, HeldBack {
        Rung rung = work.rung();
        if (rung.action() != Action.COPY_ASIDE) { // the playbook was changed, or a further rung's turn has come
            throw new NoCopy("the copy was not finished");
        }
        if (rung.stop() && container.isRemovedAtItsEnd()) {
            throw new NoCopy("it was run with --rm: stopping it removes it, with its volumes");
        }
        try {
            String path = path(rung, container);
            Path folder = copies.open(work.operation().id());
            Optional<Tar> before = copies.tar(folder);
            Tar tar = before.isPresent() ? before.get() : copied(work, folder, container, path);
            Finding finding = rung.check().isEmpty()
                    ? new Finding(Check.NONE, List.of())
                    : Extraction.check(tar, folder, path, rung.check(), copies.room(), left(work));
            progress.done(Step.CHECKED);
            var kept = new Kept(
                    folder,
                    work.operation().id(),
                    work.perform().container().key(),
                    path,
                    clock.instant(),
                    tar.bytes(),
                    tar.sha256(),
                    rung.check(),
                    finding);
            copies.keep(kept);
            progress.done(Step.WRITTEN);
            return kept;
        } catch (IOException e) {
            throw new NoCopy("the copy cannot be written: " + e);
        }
    }

    /** Where it is, if a flag of the command says where its folder is. */
    private static String path(Rung rung, Inspection container) throws NoCopy {
        Optional<String> told = rung.flag().isEmpty() ? Optional.empty() : container.flag(rung.flag());
        if (told.isEmpty()) {
            return rung.path();
        }
        String last = rung.path().substring(rung.path().lastIndexOf('/') + 1);
        try {
            return Path.of(container.workingDirectory())
                    .resolve(told.get())
                    .resolve(last)
                    .normalize()
                    .toString();
        } catch (InvalidPathException e) {
            throw new NoCopy("its " + rung.flag() + " is no folder");
        }
    }

    private Tar copied(Work work, Path folder, Inspection container, String path)
            throws IOException, Unavailable, Refusal, NoCopy, HeldBack {
        if (copies.room() <= 0) {
            throw new NoCopy("no room: of the disk of " + folder.getParent() + " 5 % and 1 GiB must stay free");
        }
        glance(work, path);
        Inspection still = container;
        if (work.rung().stop() && isRunning(container)) {
            work.ask();
            Actions.stop(daemon, container);
            progress.done(Step.STOPPED);
            still = census.inspect(work.id()).orElse(container);
        }
        Path part = Copies.part(folder);
        MessageDigest sum = OwnFiles.sha256();
        census.copying(still);
        try (FileChannel to = OwnFiles.createAnew(part)) {
            Optional<String> problem =
                    daemon.stream(archive(work, path), null, left(work), body -> fill(body, to, sum));
            if (problem.isPresent()) {
                throw new NoCopy(problem.get());
            }
            to.force(true);
        } catch (Unavailable e) {
            Files.deleteIfExists(part);
            throw new NoCopy("the copy broke off: " + e.why());
        } catch (NoCopy e) {
            Files.deleteIfExists(part);
            throw e;
        } finally {
            census.copying(null);
        }
        Tar tar = copies.whole(folder, HexFormat.of().formatHex(sum.digest()));
        progress.done(Step.COPIED);
        return tar;
    }

    private static String archive(Work work, String path) {
        return "/containers/" + work.id() + "/archive?path=" + Daemon.word(path);
    }

    private Duration left(Work work) {
        Duration left = Duration.between(clock.instant(), work.until());
        return left.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : left;
    }

    /** That there is nothing to copy is better known before anything is stopped. */
    private void glance(Work work, String path) throws Unavailable, Refusal, NoCopy {
        String link;
        try {
            link = daemon.stream(archive(work, path), null, Daemon.QUICK, body -> {
                TarArchiveEntry first = new TarArchiveInputStream(body).getNextEntry();
                return first != null && first.isSymbolicLink() ? first.getLinkName() : "";
            });
        } catch (Refusal e) {
            if (e.isNotFound()) {
                throw new NoCopy("there is no " + path + " in it; a playbook of your own may name another path");
            }
            throw e;
        }
        if (!link.isEmpty()) {
            throw new NoCopy(path + " is a link to " + link + "; a playbook of your own may name that");
        }
    }

    /** Why it is not all there; empty if it is. What the engine does not send throws. */
    private Optional<String> fill(InputStream body, FileChannel to, MessageDigest sum) throws IOException {
        var buffer = new byte[BUFFER];
        long bytes = 0;
        long nextLook = ROOM_EVERY;
        for (int count; (count = body.read(buffer)) >= 0; ) {
            bytes += count;
            if (bytes > maxBytes) {
                return Optional.of("it is more than the " + maxBytes + " bytes that docker.max-copy allows");
            }
            sum.update(buffer, 0, count);
            try {
                var piece = ByteBuffer.wrap(buffer, 0, count);
                while (piece.hasRemaining()) {
                    to.write(piece);
                }
                if (bytes >= nextLook) {
                    nextLook = bytes + ROOM_EVERY;
                    if (copies.room() <= 0) {
                        return Optional.of("no room: after " + bytes + " bytes less than 5 % or 1 GiB would stay free");
                    }
                }
            } catch (IOException e) {
                return Optional.of("the copy cannot be written: " + e);
            }
        }
        return Optional.empty();
    }

    /** The copy is there: the container is brought back to how it was, and better if it may be. */
    private Result finished(Work work, Kept copy) throws Unavailable, HeldBack {
        try {
            Optional<Inspection> now = census.inspect(work.id());
            boolean isDown = now.isPresent() && !isRunning(now.get()) && isSameRun(now.get(), work);
            if (isDown && (work.ranBefore() || !copy.isDamaged())) {
                start(work);
            }
            return new Result.Done();
        } catch (Refusal e) {
            return new Result.Refused(Refusal.line("it cannot be started again: " + e.why() + "; "
                    + copy.told().what()));
        }
    }

    private void start(Work work) throws Unavailable, Refusal, HeldBack {
        work.ask();
        Actions.start(daemon, work.id());
        progress.done(Step.STARTED);
    }

    /** There is no copy: what was stopped for it runs again. */
    private Result back(Work work, String why) throws Unavailable {
        try {
            Optional<Inspection> now = census.inspect(work.id());
            if (now.isPresent() && work.ranBefore() && !isRunning(now.get()) && isSameRun(now.get(), work)) {
                start(work);
                if (work.rung().action() != Action.COPY_ASIDE) {
                    return new Result.Done(); // all that was left of it
                }
            }
            return new Result.Refused(why);
        } catch (HeldBack e) {
            return new Result.Unknown("half done: it may not go on now");
        } catch (Refusal e) {
            return new Result.Refused(Refusal.line(why + "; and it cannot be started again: " + e.why()));
        }
    }
}
