package nexus.webhook.guard;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Threads for the blocking resolver of the system. A slow or silent name server occupies the threads that wait for it, so it
 * gets a share of them only: names that were slow last time have few threads, names not known to be quick leave some to
 * quick ones, and the names below one domain share the threads of one name server. A look-up without a thread waits in the
 * queue of its class. Thread-safe.
 */
final class LookupThreads {
    private final Shares shares;
    private final Lane quick = new Lane(); // this and the next four guarded by this
    private final Lane unknown = new Lane();
    private final Lane slow = new Lane();
    private final Map<String, Integer> runningOfZone = new HashMap<>();
    private final Map<String, Pace> paces = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Pace> eldest) {
            return size() > shares.remembered();
        }
    };

    /**
     * How many look-ups may run at once.
     *
     * @param all a thread each, there only while it is needed
     * @param notQuick of names that are not known to be quick
     * @param slow of names that were slow last time
     * @param ofZone of names below one domain, as far as they are not known to be quick
     * @param waiting that may wait for a thread, all together
     * @param remembered names whose pace is known
     */
    record Shares(int all, int notQuick, int slow, int ofZone, int waiting, int remembered, Duration slowAfter) {
        static final Shares USUAL = new Shares(128, 112, 8, 16, 10_000, 10_000, Duration.ofSeconds(1));
    }

    private enum Pace {
        QUICK,
        UNKNOWN,
        SLOW
    }

    private record Job(String host, String zone, Pace pace, Supplier<Runnable> lookup, Runnable withoutThread) {}

    private static final class Lane {
        private final Deque<Job> waiting = new ArrayDeque<>();
        private int running;
    }

    LookupThreads(Shares shares) {
        this.shares = shares;
    }

    /**
     * Runs a look-up as soon as the host's share allows.
     *
     * @param lookup returns what tells the answer; that runs when the pace of the name is recorded, so that whoever is told
     *     and asks again finds the name in the class it belongs to
     * @param withoutThread runs instead when its turn has come and the system gives no thread, or when the look-up throws
     * @return false when too many wait: then nothing runs
     */
    boolean run(String host, Supplier<Runnable> lookup, Runnable withoutThread) {
        List<Job> ready;
        synchronized (this) {
            if (quick.waiting.size() + unknown.waiting.size() + slow.waiting.size() >= shares.waiting()) {
                return false;
            }
            Pace pace = paces.getOrDefault(host, Pace.UNKNOWN);
            lane(pace).waiting.add(new Job(host, zone(host), pace, lookup, withoutThread));
            ready = admitted();
        }
        ready.forEach(this::start);
        return true;
    }

    private void start(Job job) {
        try {
            Thread.ofPlatform().daemon().name("nexus-name-lookup").start(() -> {
                long before = System.nanoTime();
                Runnable tell = job.withoutThread();
                try {
                    tell = job.lookup().get();
                } finally {
                    over(job, Duration.ofNanos(System.nanoTime() - before));
                    tell.run();
                }
            });
        } catch (OutOfMemoryError e) { // which is how Java says that there is no thread to be had
            over(job, shares.slowAfter());
            job.withoutThread().run();
        }
    }

    private void over(Job job, Duration took) {
        List<Job> ready;
        synchronized (this) {
            paces.put(job.host(), took.compareTo(shares.slowAfter()) < 0 ? Pace.QUICK : Pace.SLOW);
            count(job, -1);
            ready = admitted();
        }
        ready.forEach(this::start);
    }

    /** Removes the look-ups that may run now from the queues, quick names first. */
    private List<Job> admitted() {
        List<Job> ready = new ArrayList<>();
        for (Pace pace : Pace.values()) {
            Iterator<Job> jobs = lane(pace).waiting.iterator();
            while (hasRoom(pace) && jobs.hasNext()) {
                Job job = jobs.next();
                if (pace == Pace.QUICK || runningOfZone.getOrDefault(job.zone(), 0) < shares.ofZone()) {
                    jobs.remove();
                    count(job, 1);
                    ready.add(job);
                }
            }
        }
        return ready;
    }

    private boolean hasRoom(Pace pace) {
        int notQuick = unknown.running + slow.running;
        return notQuick + quick.running < shares.all()
                && (pace == Pace.QUICK || notQuick < shares.notQuick())
                && (pace != Pace.SLOW || slow.running < shares.slow());
    }

    private Lane lane(Pace pace) {
        return switch (pace) {
            case QUICK -> quick;
            case UNKNOWN -> unknown;
            case SLOW -> slow;
        };
    }

    private void count(Job job, int more) {
        lane(job.pace()).running += more;
        if (job.pace() != Pace.QUICK) {
            runningOfZone.compute(job.zone(), (zone, n) -> {
                int now = (n == null ? 0 : n) + more;
                return now == 0 ? null : now;
            });
        }
    }

    /** The last two labels, which usually share a name server. */
    private static String zone(String host) {
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        int last = name.lastIndexOf('.');
        int secondLast = last < 0 ? -1 : name.lastIndexOf('.', last - 1);
        return name.substring(secondLast + 1);
    }
}
