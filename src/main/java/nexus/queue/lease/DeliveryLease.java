package nexus.queue.lease;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import nexus.queue.lease.LeasePlan.Step;
import nexus.queue.process.ProcessDeath;
import nexus.queue.process.ProcessSightings;
import nexus.queue.process.ThisMachine;
import nexus.store.Store;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The right of this process to deliver the lanes of its shards. Every process that delivers has a row in the store and
 * increments its beat every few seconds, on a thread and a connection of its own. At each beat {@link LeasePlan} decides
 * about the shards, and this class executes the decision. A process whose beat stops is taken over: its row is deleted, its
 * shards become free, and its later settlements are refused. A process of this machine that is known to have terminated is
 * taken over at once.
 *
 * <p>No lease survives a pause between check and write. The guarantee is: a running process has no request in progress when
 * another one may start it, because it starts none and cancels all some seconds before its beat counts as silent. A paused
 * process can at most complete a request that is already in its socket.
 */
@Singleton
public class DeliveryLease {
    private static final Duration RECONNECT = Duration.ofMillis(500);
    private static final Duration GATHERING = Duration.ofMillis(50);

    /** The server may notice the end of a process a moment later than this machine. */
    private static final Duration SERVER_NOTICES = Duration.ofMillis(200);

    /** The number of such checks per term. A pooler keeps the connection open for other clients, so the end stays unknown. */
    private static final int MOST_QUICK_LOOKS = 25;

    private static final Logger LOG = Logger.getLogger(DeliveryLease.class);

    /** Called on the lease's own thread. */
    public interface Holder {
        /** Called after every change. */
        void holds(Holding holding);

        /** Called when all shards are lost: nothing may be sent or settled any more. */
        void lost(Term term);

        /** Called after every round, also after a failed one, as a sign that the lease's thread is alive. */
        default void cameRound() {}
    }

    private record Current(Term term, LeaseDeadline deadline) {}

    private final Store store;
    private final LeaseConfig config;
    private final LeaseMeters meters;
    private final ThisMachine machine;

    private final Semaphore looks = new Semaphore(0);
    private final Set<Integer> drained = ConcurrentHashMap.newKeySet();
    private final Promise<Void> ended = Promise.promise();
    private volatile @Nullable Current current;
    private volatile Set<Integer> working = Set.of();
    private volatile boolean running;
    private volatile boolean retiring;

    // used by the lease's thread only
    private @Nullable Holder holder;
    private @Nullable LeaseSession session;
    private @Nullable Term former; // its row may still exist
    private OwnShards shards = OwnShards.none(new Term(0, 0));
    private OwnShards told = shards; // known to the holder
    private ProcessSightings sightings;
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

    /** Joins the processes that deliver. */
    public synchronized void start(Holder newHolder) {
        if (running) {
            return;
        }
        holder = newHolder;
        running = true;
        meters.show(() -> working.size(), this::ageSeconds);
        Thread.ofPlatform().name("nexus-lease").daemon().start(this::run);
    }

    /** Takes no more shards; the owned ones are drained. */
    public void retire() {
        retiring = true;
        look();
    }

    /** Leaves at once and frees the owned shards for the others. */
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

    /** Whether this term is the current one and a request may be sent now. */
    public boolean isHeld(Term asked) {
        Current now = current;
        return now != null && now.term().equals(asked) && !now.deadline().isOver(System.nanoTime());
    }

    /** The time for which requests may still be sent if no further beat succeeds. */
    public Duration remaining() {
        Current now = current;
        return now == null ? Duration.ZERO : now.deadline().remaining(System.nanoTime());
    }

    /** Whether this process delivers this lane. */
    public boolean works(int lane) {
        return working.contains(Shards.of(lane));
    }

    /** Reports that a shard to be released has no delivery in progress any more. */
    public void drained(Term of, int shard) {
        Current now = current;
        if (now != null && now.term().equals(of)) {
            drained.add(shard);
            look();
        }
    }

    /** Reports that the store refused a settlement of this term because another process has taken over. */
    public void refused(Term over, int outcomes) {
        meters.refused(outcomes);
        look();
        LOG.warnf("settlement refused, this process was taken over epoch=%d count=%d", over.epoch(), outcomes);
    }

    /** Reports a change in the store, which is read now instead of at the next beat. */
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

    /** Requests at the same time share one read. */
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
            if (retiring) {
                return;
            }
            now = join(open);
        } else {
            long sent = System.nanoTime();
            boolean isMine = open.beat(now.term());
            if (!isMine || !now.deadline().renew(sent, System.nanoTime())) {
                lose();
                look();
                return;
            }
        }
        LeasePlan plan = LeasePlan.decide(
                seen(open), new LeasePlan.Mine(shards, drained, retiring, sightings), System.nanoTime());
        sightings = plan.sightings();
        for (Step step : plan.steps()) {
            take(step, open);
        }
        if (!shards.equals(told) && now.equals(current)) {
            tell();
        }
    }

    private Current join(LeaseSession open) throws SQLException {
        if (former != null) {
            open.leave(former);
            former = null;
        }
        long sent = System.nanoTime();
        Term joined = open.join(machine.place());
        shards = OwnShards.none(joined);
        told = shards;
        quickLooks = MOST_QUICK_LOOKS;
        Current now = new Current(joined, new LeaseDeadline(config.valid(), sent));
        current = now;
        LOG.infof("lease of delivery taken process=%d epoch=%d", joined.process(), joined.epoch());
        return now;
    }

    /** Processes are read after owners, so an owner without a row has terminated. */
    private LeasePlan.Seen seen(LeaseSession open) throws SQLException {
        Map<Integer, Integer> owners = open.owners();
        List<LeasePlan.Member> processes = new ArrayList<>();
        for (LeaseSession.Delivering process : open.processes()) {
            processes.add(new LeasePlan.Member(process.beat(), process.leaving(), fate(process)));
        }
        return new LeasePlan.Seen(owners, processes);
    }

    private ProcessDeath.Verdict fate(LeaseSession.Delivering process) {
        return process.id() == shards.term().process()
                ? ProcessDeath.Verdict.UNPROVEN
                : process.place()
                        .map(place -> ProcessDeath.of(machine.place(), place, process.isConnected(), machine))
                        .orElse(ProcessDeath.Verdict.UNPROVEN);
    }

    private void take(Step step, LeaseSession open) throws SQLException {
        Term term = shards.term();
        switch (step) {
            case Step.Lose lose -> {
                LOG.warnf("shards were taken away process=%d", term.process());
                lose();
                look();
            }
            case Step.Retire retire -> {
                open.retire(term);
                shards = shards.retired();
            }
            case Step.Adopt(OwnShards asStored) -> {
                shards = asStored;
                drained.retainAll(asStored.owned());
            }
            case Step.Release(Set<Integer> free) -> {
                open.release(term, free);
                shards = shards.without(free);
                drained.removeAll(free);
                LOG.infof(
                        "shards handed over count=%d left=%d",
                        free.size(), shards.owned().size());
            }
            case Step.TakeOver over -> takeOver(over, open);
            case Step.LookSoon soon -> looksSoon |= quickLooks-- > 0;
            case Step.FreeOrphans(int process) -> open.freeAllOf(process);
            case Step.Claim(int atMost) -> claim(open, atMost);
            case Step.GiveUp(Set<Integer> tooMany) -> shards = shards.givingUp(tooMany);
        }
    }

    private void takeOver(Step.TakeOver over, LeaseSession open) throws SQLException {
        boolean isDone = open.takeOver(over.beat());
        if (isDone) {
            meters.takenOver();
            LOG.logf(
                    over.hasEnded() ? Logger.Level.INFO : Logger.Level.WARN,
                    over.hasEnded()
                            ? "process of this machine has ended, taken over process=%d epoch=%d"
                            : "silent process taken over process=%d epoch=%d",
                    over.beat().process(),
                    over.beat().epoch());
        }
        if (over.hasEnded()) {
            look();
        }
    }

    private void claim(LeaseSession open, int atMost) throws SQLException {
        Set<Integer> claimed = open.claim(shards.term(), atMost);
        shards = shards.with(claimed);
        if (!claimed.isEmpty()) {
            LOG.infof(
                    "shards taken count=%d now=%d",
                    claimed.size(), shards.owned().size());
        }
    }

    private void tell() {
        told = shards;
        working = shards.staying();
        version++;
        if (holder != null) {
            holder.holds(new Holding(shards.term(), version, shards.owned(), shards.leaving()));
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
        shards = OwnShards.none(over.term());
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

    /** Bounds each statement, because the thread has to watch a deadline. */
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
