package nexus.queue.process;

/**
 * Decides whether a process is known to have terminated. Only proofs count, because a wrong verdict would let two processes
 * send at once. For a process of another machine, or one whose end is only likely, the beat must stop for the TTL.
 *
 * <p>A closed connection alone proves nothing, because the network may have closed it. It is required nevertheless, because a
 * machine that was cloned while running has a living twin with the same boot.
 */
public final class ProcessDeath {
    /** What this machine reports about a process. */
    enum Alive {
        YES,
        NO,
        UNKNOWN
    }

    /** Queries this machine. */
    public interface Look {
        /** Whether the process with this id, in this namespace, is the one that started at this time. */
        Alive process(long pid, long started);

        /** Whether any process holds the lock on this byte of the lock file of this process. */
        Alive lock(long at);
    }

    /** The verdict about a process. */
    public enum Verdict {
        /** It may be running. */
        UNPROVEN,
        /** It has terminated, but the server has not noticed yet. */
        ENDING,
        ENDED
    }

    private ProcessDeath() {}

    /** @param isConnected whether the connection of its last beat still exists */
    public static Verdict of(ProcessPlace own, ProcessPlace other, boolean isConnected, Look look) {
        if (!hasEnded(own, other, look)) {
            return Verdict.UNPROVEN;
        }
        return isConnected ? Verdict.ENDING : Verdict.ENDED;
    }

    private static boolean hasEnded(ProcessPlace own, ProcessPlace other, Look look) {
        if (!ProcessPlace.isSame(own.boot(), other.boot())) {
            return false;
        }
        if (ProcessPlace.isSame(own.namespace(), other.namespace())) {
            // the number of a namespace is reused only when all of its processes have terminated
            return look.process(other.pid(), other.started()) == Alive.NO;
        }
        if (ProcessPlace.isSame(own.lockFile(), other.lockFile())) {
            return look.lock(other.lockAt()) == Alive.NO;
        }
        // a container has one namespace at a time, so a new one means that it was restarted and all its processes have
        // terminated
        return !own.namespace().equals(ProcessPlace.UNKNOWN)
                && !other.namespace().equals(ProcessPlace.UNKNOWN)
                && ProcessPlace.isSame(own.container(), other.container());
    }
}
