package nexus.queue.lease;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import nexus.queue.process.ProcessDeath;
import nexus.queue.process.ProcessSightings;
import nexus.queue.process.ThisMachine;
import nexus.store.Store;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Which shards this process delivers. Every process that delivers has a row in the store whose beat it raises every few
 * seconds, on a thread and a connection of its own. The rows share the shards evenly: who has too many gives some up,
 * once nothing is under way in them; who has too few takes what is free. A process whose beat stands still is taken over:
 * its row is deleted, its shards are free, and every settlement that it still sends is refused. So is, at once, one of this
 * machine that is known to have ended.
 *
 * <p>No lease survives a pause between check and write. What holds: no running process has a request under way after
 * another may start it, because it starts none, and cuts all off, some seconds before its beat counts as silent; a paused
 * one can at most finish what is already in its socket.
 */
@Singleton
public class DeliveryLease {
    private static final Duration RECONNECT = Duration.ofMillis(500);
    private static final Duration GATHERING = Duration.ofMillis(50);

    /** The server may notice a moment later than this machine that a process has ended. */
    private static final Duration SERVER_NOTICES = Duration.ofMillis(200);

    /** For so many looks of a term: a pooler keeps the connection for others, and then it is not known. */
    private static final int MOST_QUICK_LOOKS = 25;

    private static final Logger LOG = Logger.getLogger(DeliveryLease.class);

    /** From joining to leaving or being taken over. A process that joins again has another. */
    public record Term(int process, long epoch) {
        // written out, as in event.EventType
        @Override
        public boolean equals(Object other) {
            return other instanceof Term term && process == term.process && epoch == term.epoch;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(epoch);
        }
    }

    /** Told on the lease's own thread. */
    public interface Holder {
        /** After every change. */
        void holds(Holding holding);

        /** Everything is lost: nothing may be sent any more, and nothing can be settled. */
        void lost(Term term);

        /** After every round, whether it went through or not: the lease's thread is alive. */
        default void cameRound() {}
    }

    private record Current(Term term, LeaseDeadline deadline) {}

    private final Store store;
    private final LeaseConfig config;
    private final LeaseMeters meters;
    private final ThisMachine machine;
    private final ProcessSightings sightings;

    private final Semaphore looks = new Semaphore(0);
    private final Set<Integer> drained = ConcurrentHashMap.newKeySet();
    private final Promise<Void> ended = Promise.promise();
    private volatile @Nullable Current current;
    private volatile Set<Integer> working = Set.of();
    private volatile boolean running;
    private volatile boolean retiring;

    // by the lease's thread alone
    private @Nullable Holder holder;
    private @Nullable LeaseSession session;
    private @Nullable Term former; // its row may still be there
    private final SortedSet<Integer> owned = new TreeSet<>();
    private final Set<Integer> leaving = new HashSet<>();
    private boolean retired;
    private boolean unknown; // shards that the last look found to be owned
    private long version;
    private int failures; // in a row
    private int quickLooks; // left
    private boolean looksSoon;

    @Inject
    public DeliveryLease(Store store, LeaseConfig config, LeaseMeters meters, ThisMachine machine) {
        if (config.beat().compareTo(config.valid()) >= 0 || config.valid().compareTo(config.ttl()) >= 0) {
            throw new IllegalArgumentException("nexus.lease: beat < valid < ttl must hold");
        }
        this.store = store;
        this.config = config;
        this.meters = meters;
        this.machine = machine;
        this.sightings = new ProcessSightings(config.ttl(), config.beat().multipliedBy(2));
    }

    /** Begins to take part. */
    public synchronized void start(Holder newHolder) {
        if (running) {
            return;
        }
        holder = newHolder;
        running = true;
        meters.show(() -> working.size(), this::ageSeconds);
        Thread.ofPlatform().name("nexus-lease").daemon().start(this::run);
    }

    /** Takes no more shards; those that are owned are to be drained. */
    public void retire() {
        retiring = true;
        look();
    }

    /** Leaves at once: what is owned is free for the others. */
    public synchronized Future<Void> stop() {
        if (running) {
            running = false;
            look();
        } else {
            ended.tryComplete();
        }
        return ended.future();
    }

    /** Whether a request may be sent now. */
    public boolean isHeld() {
        Current now = current;
        return now != null && !now.deadline().isOver(System.nanoTime());
    }

    /** Whether this term still lasts, and a request may be sent now. */
    public boolean isHeld(Term asked) {
        Current now = current;
        return now != null && now.term().equals(asked) && !now.deadline().isOver(System.nanoTime());
    }

    /** For how long requests may still be sent, should no other beat go through. */
    public Duration remaining() {
        Current now = current;
        return now == null ? Duration.ZERO : now.deadline().remaining(System.nanoTime());
    }

    /** Whether this process is the one that looks for what is owed in this lane. */
    public boolean works(int lane) {
        return working.contains(Shards.of(lane));
    }

    /** Nothing is under way any more in a shard that was to be given up. */
    public void drained(Term of, int shard) {
        Current now = current;
        if (now != null && now.term().equals(of)) {
            drained.add(shard);
            look();
        }
    }

    /** The store refused a settlement of this term: another process has taken over. */
    public void refused(Term over, int outcomes) {
        meters.refused(outcomes);
        look();
        LOG.warnf("settlement refused, this process was taken over epoch=%d count=%d", over.epoch(), outcomes);
    }

    /** Something has changed in the store: looks at it now instead of at the next beat. */
    public void look() {
        looks.release();
    }

    private void run() {
        try {
            while (running) {
                try {
                    round();
                    failures = 0;
                } catch (SQLException | RuntimeException e) {
                    failures++;
                    LOG.warnf("lease of delivery not confirmed reason=%s", e.getMessage());
                    disconnect();
                }
                loseIfOver();
                if (holder != null) {
                    holder.cameRound();
                }
                pause();
            }
            leave();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lose();
            disconnect();
            ended.tryComplete();
        }
    }

    /** What comes together is looked at together. */
    private void pause() throws InterruptedException {
        Duration wait = failures == 1 ? RECONNECT : looksSoon ? SERVER_NOTICES : config.beat();
        looksSoon = false;
        if (looks.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS) && running) {
            LockSupport.parkNanos(GATHERING.toNanos());
            looks.drainPermits();
        }
    }

    private void round() throws SQLException {
        LeaseSession open = connected();
        Current now = current;
        if (now == null) {
            now = join(open);
            if (now == null) {
                return;
            }
        } else {
            long sent = System.nanoTime();
            boolean isMine = open.beat(now.term());
            if (!isMine || !now.deadline().renew(sent, System.nanoTime())) {
                lose();
                look();
                return;
            }
        }
        boolean changed = release(open, now.term());
        changed |= balance(open, now.term());
        if (changed && now.equals(current)) {
            tell(now.term());
        }
    }

    private @Nullable Current join(LeaseSession open) throws SQLException {
        if (retiring) {
            return null;
        }
        if (former != null) {
            open.leave(former);
            former = null;
        }
        long sent = System.nanoTime();
        Term joined = open.join(machine.place());
        retired = false;
        quickLooks = MOST_QUICK_LOOKS;
        Current now = new Current(joined, new LeaseDeadline(config.valid(), sent));
        current = now;
        LOG.infof("lease of delivery taken process=%d epoch=%d", joined.process(), joined.epoch());
        return now;
    }

    private boolean release(LeaseSession open, Term term) throws SQLException {
        Set<Integer> free = new HashSet<>(leaving);
        free.retainAll(drained);
        if (free.isEmpty()) {
            return false;
        }
        open.release(term, free);
        owned.removeAll(free);
        leaving.removeAll(free);
        drained.removeAll(free);
        LOG.infof("shards handed over count=%d left=%d", free.size(), owned.size());
        return true;
    }

    /** @return whether what this process owns, or has to give up, is another than before */
    private boolean balance(LeaseSession open, Term term) throws SQLException {
        if (retiring && !retired) {
            open.retire(term);
            retired = true;
            leaving.addAll(owned);
            return true;
        }
        Map<Integer, Integer> owners = open.owners();
        List<LeaseSession.Delivering> processes = open.processes();
        if (!isAsStored(term, owners)) {
            LOG.warnf("shards were taken away process=%d", term.process());
            lose();
            look();
            return false;
        }
        endSilent(open, term, processes);
        endDead(open, term, processes);
        freeOrphans(open, owners, processes);
        List<Integer> sharing = processes.stream()
                .filter(process -> !process.leaving())
                .map(LeaseSession.Delivering::id)
                .toList();
        int rank = sharing.indexOf(term.process());
        if (rank < 0) {
            return false; // retiring, or taken over in this moment: the next beat finds out
        }
        int share = ShardShare.of(rank, sharing.size());
        if (owned.size() < share) {
            Set<Integer> claimed = open.claim(term, share - owned.size());
            owned.addAll(claimed);
            if (!claimed.isEmpty()) {
                LOG.infof("shards taken count=%d now=%d", claimed.size(), owned.size());
            }
            return unknown || !claimed.isEmpty();
        }
        SortedSet<Integer> staying = new TreeSet<>(owned);
        staying.removeAll(leaving);
        return leaving.addAll(ShardShare.tooMany(staying, share)) || unknown;
    }

    /**
     * An answer that was lost leaves a claim or a release that this process does not know of.
     *
     * @return false when something else took shards away: nothing is certain any more
     */
    private boolean isAsStored(Term term, Map<Integer, Integer> owners) {
        Set<Integer> stored = new HashSet<>();
        owners.forEach((shard, process) -> {
            if (process == term.process()) {
                stored.add(shard);
            }
        });
        Set<Integer> missing = new HashSet<>(owned);
        missing.removeAll(stored);
        if (!drained.containsAll(missing)) {
            return false;
        }
        unknown = owned.addAll(stored);
        owned.removeAll(missing);
        leaving.removeAll(missing);
        drained.removeAll(missing);
        return true;
    }

    private void endSilent(LeaseSession open, Term term, List<LeaseSession.Delivering> processes) throws SQLException {
        List<ProcessSightings.Beat> others = processes.stream()
                .filter(process -> process.id() != term.process())
                .map(LeaseSession.Delivering::beat)
                .toList();
        for (ProcessSightings.Beat silent : sightings.silent(others, System.nanoTime())) {
            if (open.takeOver(silent)) {
                meters.takenOver();
                LOG.warnf("silent process taken over process=%d epoch=%d", silent.process(), silent.epoch());
            }
        }
    }

    private void endDead(LeaseSession open, Term term, List<LeaseSession.Delivering> processes) throws SQLException {
        for (LeaseSession.Delivering other : processes) {
            if (other.id() == term.process() || other.place().isEmpty()) {
                continue;
            }
            switch (ProcessDeath.of(machine.place(), other.place().get(), other.isConnected(), machine)) {
                case UNPROVEN -> {}
                case ENDING -> looksSoon |= quickLooks-- > 0;
                case ENDED -> {
                    if (open.takeOver(other.beat())) {
                        meters.takenOver();
                        LOG.infof(
                                "process of this machine has ended, taken over process=%d epoch=%d",
                                other.id(), other.beat().epoch());
                    }
                    look();
                }
            }
        }
    }

    /** The processes were read after the owners: who is not among them has ended. */
    private void freeOrphans(LeaseSession open, Map<Integer, Integer> owners, List<LeaseSession.Delivering> processes)
            throws SQLException {
        Set<Integer> gone = new HashSet<>(owners.values());
        processes.forEach(process -> gone.remove(process.id()));
        for (Integer process : gone) {
            open.freeAllOf(process);
        }
    }

    private void tell(Term term) {
        Set<Integer> staying = new HashSet<>(owned);
        staying.removeAll(leaving);
        working = Set.copyOf(staying);
        version++;
        if (holder != null) {
            holder.holds(new Holding(term, version, owned, leaving));
        }
    }

    private void leave() {
        Current now = current;
        lose();
        try {
            if (now != null && session != null) {
                session.leave(now.term());
                former = null;
            }
        } catch (SQLException e) {
            LOG.warnf("lease of delivery not given back, it runs out reason=%s", e.getMessage());
        }
    }

    private void loseIfOver() {
        Current now = current;
        if (now != null && now.deadline().isOver(System.nanoTime())) {
            lose();
        }
    }

    private void lose() {
        Current over = current;
        if (over == null) {
            return;
        }
        current = null;
        working = Set.of();
        former = over.term();
        owned.clear();
        leaving.clear();
        drained.clear();
        LOG.infof("lease of delivery given up process=%d", over.term().process());
        if (holder != null) {
            holder.lost(over.term());
        }
    }

    private LeaseSession connected() throws SQLException {
        if (session == null) {
            session = new LeaseSession(store.blockingConnection(patience()));
        }
        return session;
    }

    /** No statement may keep the thread for longer: it has a deadline to watch. */
    private Duration patience() {
        Duration half = config.valid().dividedBy(2);
        return half.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : half;
    }

    private void disconnect() {
        LeaseSession broken = session;
        session = null;
        if (broken != null) {
            try {
                broken.close();
            } catch (SQLException e) {
                LOG.debugf("connection of the lease not closed reason=%s", e.getMessage());
            }
        }
    }

    private double ageSeconds() {
        Current now = current;
        return now == null ? Double.NaN : now.deadline().age(System.nanoTime()).toMillis() / 1000.0;
    }
}
