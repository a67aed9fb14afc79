package nexus.queue.process;

/**
 * Whether a process is known to have ended. Only proofs count: to be wrong would let two processes send at once. A
 * process of another machine, and one whose end is merely likely, is waited for until its beat has stood still.
 *
 * <p>That its connection is gone proves nothing by itself, as the network may have cut it, and is asked for nevertheless:
 * a machine that was copied while it ran has a living twin with the same boot.
 */
public final class ProcessDeath {
    /** What this machine says of a process. */
    enum Alive {
        YES,
        NO,
        UNKNOWN
    }

    /** Looks around on this machine. */
    public interface Look {
        /** Whether the process of this id, as seen from here, is the one that started then. */
        Alive process(long pid, long started);

        /** Whether somebody holds the lock on this byte of this process's own lock file. */
        Alive lock(long at);
    }

    /** What is known of a process. */
    public enum Verdict {
        /** It may run. */
        UNPROVEN,
        /** It does not run here, and the server has yet to notice. */
        ENDING,
        ENDED
    }

    private ProcessDeath() {}

    /** @param isConnected whether the server still has the connection that raised the other one's beat */
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
            // a namespace's number is given again only when all of its processes have ended
            return look.process(other.pid(), other.started()) == Alive.NO;
        }
        if (ProcessPlace.isSame(own.lockFile(), other.lockFile())) {
            return look.lock(other.lockAt()) == Alive.NO;
        }
        // a container has one namespace at a time; with another one it was started again, and all it ran has ended
        return !own.namespace().equals(ProcessPlace.UNKNOWN)
                && !other.namespace().equals(ProcessPlace.UNKNOWN)
                && ProcessPlace.isSame(own.container(), other.container());
    }
}
