package nexus.queue.notify;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Signals newly owed deliveries of this process to its dispatcher. Called after the commit, on any thread. */
@Singleton
public class OwedSignal {
    private final List<Consumer<OwedRows>> listeners = new CopyOnWriteArrayList<>();
    private final LiveLanes live = new LiveLanes();

    public void onOwed(Consumer<OwedRows> listener) {
        listeners.add(listener);
    }

    /** The lanes whose newly owed deliveries are taken into memory. */
    public LiveLanes live() {
        return live;
    }

    public void raise(OwedRows rows) {
        listeners.forEach(listener -> listener.accept(rows));
    }
}
