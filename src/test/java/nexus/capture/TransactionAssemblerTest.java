package nexus.capture;

import static nexus.testkit.PgOutputBytes.NULL;
import static nexus.testkit.PgOutputBytes.UNCHANGED;
import static nexus.testkit.PgOutputBytes.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import nexus.capture.catalog.CatalogMemory;
import nexus.capture.catalog.CatalogType;
import nexus.capture.message.RefusedMessages;
import nexus.event.IncomingEvent;
import nexus.event.Ordering;
import nexus.event.SearchKeys;
import nexus.pgoutput.Lsn;
import nexus.pgoutput.PgOutputDecoder;
import nexus.testkit.PgOutputBytes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TransactionAssemblerTest {
    private static final Instant AT = Instant.parse("2026-01-31T18:20:43.400123Z");
    private static final int XID = 771;
    private static final int ORDERS = 20000;
    private static final int OWN = 20001;
    private static final int INT4 = 23;
    private static final int BOOL = 16;
    private static final int TEXT = 25;
    private static final int COMPOSITE = 30000;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final MapCatalog catalog = new MapCatalog().table(ORDERS, "public", "orders", "id");

    private final CatalogMemory memory = new CatalogMemory(Clock.systemUTC());
    private final List<String> unknownRoots = new ArrayList<>();

    private TransactionAssembler assembler = resuming(ResumePoint.START);

    private TransactionAssembler resuming(ResumePoint resume) {
        return assembler(resume, 1, 1 << 24);
    }

    private TransactionAssembler assembler(ResumePoint resume, int timeline, int eventMaxBytes) {
        return assembler(resume, timeline, eventMaxBytes, memory);
    }

    private TransactionAssembler assembler(
            ResumePoint resume, int timeline, int eventMaxBytes, CatalogMemory remembered) {
        return new TransactionAssembler(
                new SourceIdentity("default", "7312345678901234567", "shop", TestIdKey.ONE, _ -> timeline),
                new RememberedCatalog(
                        catalog,
                        remembered,
                        () -> {},
                        (relation, candidates, at) -> unknownRoots.add(relation.table()),
                        RememberedCatalog.Pace.EACH_TRANSACTION),
                resume,
                eventMaxBytes,
                new RefusedMessages(meters),
                new UndecodedChanges(meters, (_, _) -> {}));
    }

    private Progress accept(ByteBuffer bytes) {
        return assembler.accept(PgOutputDecoder.decode(bytes));
    }

    private Progress begin(long commitLsn) {
        return begin(commitLsn, XID);
    }

    private Progress begin(long commitLsn, int xid) {
        return accept(PgOutputBytes.begin(commitLsn, AT, xid));
    }

    private Progress commit(long commitLsn) {
        return accept(PgOutputBytes.commit(commitLsn, commitLsn + 0x30, AT));
    }

    private static PgOutputBytes relation(int oid, String schema, String table, char identity, int columns) {
        return message('R')
                .int32(oid)
                .string(schema)
                .string(table)
                .int8(identity)
                .int16(columns);
    }

    /** Table orders (id int, status text), identified by its id. */
    private void orders() {
        accept(relation(ORDERS, "public", "orders", 'd', 2)
                .column(true, "id", INT4)
                .column(false, "status", TEXT)
                .buffer());
    }

    /** The same under REPLICA IDENTITY FULL. */
    private void fullOrders() {
        accept(relation(ORDERS, "public", "orders", 'f', 2)
                .column(true, "id", INT4)
                .column(true, "status", TEXT)
                .buffer());
    }

    private void ownTable() {
        accept(relation(OWN, "nexus", "owed", 'd', 1).column(true, "id", INT4).buffer());
    }

    private Progress insert(int oid, Object... values) {
        return accept(message('I').int32(oid).row('N', values).buffer());
    }

    private static IncomingEvent only(Progress progress) {
        assertThat(progress).isInstanceOf(Progress.Within.class);
        List<IncomingEvent> events = ((Progress.Within) progress).events();
        assertThat(events).hasSize(1);
        return events.getFirst();
    }

    private static Progress.Within none(long commitLsn, long ordinal) {
        return new Progress.Within(new Lsn(commitLsn), ordinal, List.of(), 0);
    }

    @Test
    void aRowChangeHasTheBodyOfTheContract() {
        begin(0x1A2B3C8);
        orders();
        IncomingEvent event = only(insert(ORDERS, "7", "new \"one\""));
        assertThat(event.type().value()).isEqualTo("pg.public.orders.insert");
        assertThat(event.createdAt()).isEqualTo(Instant.parse("2026-01-31T18:20:43.400Z"));
        assertThat(event.storedAlways()).isFalse();
        assertThat(SlotReader.body(event))
                .isEqualTo("{\"id\":\"" + event.id() + "\",\"type\":\"pg.public.orders.insert\","
                        + "\"createdAt\":\"2026-01-31T18:20:43.400Z\",\"payload\":{\"data\":{\"type\":\"INSERT\","
                        + "\"schema\":\"public\",\"table\":\"orders\",\"record\":{\"id\":7,\"status\":\"new \\\"one\\\"\"},"
                        + "\"old_record\":null,\"changed\":null,\"unavailable\":[]},"
                        + "\"metadata\":{\"source\":\"default\",\"database\":\"shop\",\"lsn\":\"0/1A2B3C8\",\"ordinal\":1,"
                        + "\"xid\":771,\"committedAt\":\"2026-01-31T18:20:43.400123Z\"}}}");
        assertThat(event.body().bytes()).isEqualTo(event.body().bytes());
    }

    @Test
    void positionsComeFromBeginAndCommit() {
        assertThat(begin(0x100)).isEqualTo(new Progress.Begun(new Lsn(0x100), false));
        orders();
        assertThat(insert(ORDERS, "1", NULL)).extracting("commitLsn", "ordinal").containsExactly(new Lsn(0x100), 1L);
        assertThat(commit(0x100)).isEqualTo(new Progress.Complete(new Lsn(0x100), new Lsn(0x130)));
    }

    @Test
    void theOrdinalCountsWhatMakesNoEventToo() {
        begin(0x100);
        orders();
        ownTable();
        assertThat(insert(OWN, "1")).isEqualTo(none(0x100, 1));
        assertThat(accept(logicalMessage(1))).isEqualTo(none(0x100, 2));
        assertThat(accept(logicalMessage(0))).isEqualTo(none(0x100, 2));
        assertThat(accept(message('O').int64(1).string("upstream").buffer())).isEqualTo(none(0x100, 2));
        Progress truncated =
                accept(message('T').int32(2).int8(0).int32(OWN).int32(ORDERS).buffer());
        assertThat(truncated).extracting("ordinal").isEqualTo(4L);
        assertThat(SlotReader.body(only(truncated))).contains("\"ordinal\":4,");
        assertThat(SlotReader.body(only(insert(ORDERS, "1", NULL)))).contains("\"ordinal\":5,");
    }

    @Test
    void aNonTransactionalMessageOutsideOfATransactionMovesNothing() {
        assertThat(accept(logicalMessage(0))).isEqualTo(new Progress.Unmoved());
    }

    private static ByteBuffer logicalMessage(int flags) {
        return message('M').int8(flags).int64(0x90).string("p").int32(0).buffer();
    }

    private static ByteBuffer emitted(int flags, String prefix, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return message('M')
                .int8(flags)
                .int64(0x90)
                .string(prefix)
                .int32(bytes.length)
                .raw(bytes)
                .buffer();
    }

    private Progress publish(String content) {
        return accept(emitted(1, "nexus.publish", content));
    }

    private Progress annotate(String content) {
        return accept(emitted(1, "nexus.annotate", content));
    }

    private double refused() {
        return meters.counter("nexus.capture.messages.refused").count();
    }

    @Test
    void aPublishedMessageIsAnEventOfItsTransaction() {
        begin(0x100);
        orders();
        insert(ORDERS, "1", NULL);
        Progress progress = publish(
                "{\"type\": \"user.created\", \"data\": {\"n\": 1.50}, \"metadata\": {\"by\":\"ann\"}, \"orderingKey\": \"u\"}");
        IncomingEvent event = only(progress);
        assertThat(progress).extracting("commitLsn", "ordinal").containsExactly(new Lsn(0x100), 2L);
        assertThat(event.storedAlways()).isTrue();
        assertThat(event.ordering()).isEqualTo(Ordering.published("u"));
        assertThat(event.createdAt()).isEqualTo(Instant.parse("2026-01-31T18:20:43.400Z"));
        assertThat(SlotReader.body(event))
                .isEqualTo("{\"id\":\"" + event.id() + "\",\"type\":\"user.created\","
                        + "\"createdAt\":\"2026-01-31T18:20:43.400Z\",\"payload\":{\"data\":{\"n\": 1.50},"
                        + "\"metadata\":{\"by\":\"ann\"}}}");
        IncomingEvent bare = only(publish("{\"type\":\"a\",\"data\":{},\"metadata\":null,\"orderingKey\":null}"));
        assertThat(bare.ordering()).isEqualTo(Ordering.NONE);
        assertThat(SlotReader.body(bare)).endsWith("\"payload\":{\"data\":{},\"metadata\":{}}}");
        assertThat(bare.id()).isNotEqualTo(event.id());
    }

    @Test
    void anAnnotationIsOnLaterRowChangesOfItsTransactionOnly() {
        begin(0x100);
        orders();
        IncomingEvent before = only(insert(ORDERS, "1", NULL));
        assertThat(annotate("{\"actor\":\"ann\",\"n\":1.0}")).isEqualTo(none(0x100, 2));
        IncomingEvent first = only(insert(ORDERS, "2", NULL));
        annotate("{\"actor\":{\"id\":7}}");
        IncomingEvent second = only(insert(ORDERS, "3", NULL));
        IncomingEvent published = only(publish("{\"type\":\"a\",\"data\":{}}"));
        commit(0x100);
        begin(0x200);
        IncomingEvent next = only(insert(ORDERS, "4", NULL));
        assertThat(SlotReader.body(before)).endsWith("123Z\"}}}");
        assertThat(SlotReader.body(first)).endsWith("123Z\",\"actor\":\"ann\",\"n\":1.0}}}");
        assertThat(SlotReader.body(second)).endsWith("123Z\",\"actor\":{\"id\":7},\"n\":1.0}}}");
        assertThat(SlotReader.body(published)).endsWith("\"metadata\":{}}}");
        assertThat(SlotReader.body(next)).endsWith("123Z\"}}}");
    }

    @Test
    void behindThePartThatIsStoredItsAnnotationsHoldAndItsEventsDoNotComeAgain() {
        assembler = resuming(new ResumePoint(new Lsn(0x130), Optional.of(new ResumePoint.Open(new Lsn(0x200), 4))));
        begin(0x200);
        orders();
        assertThat(annotate("{\"actor\":\"ann\"}")).isEqualTo(new Progress.Unmoved());
        assertThat(publish("{\"type\":\"a\",\"data\":{}}")).isEqualTo(new Progress.Unmoved());
        assertThat(publish("no JSON")).isEqualTo(new Progress.Unmoved());
        assertThat(insert(ORDERS, "1", NULL)).isEqualTo(new Progress.Unmoved());
        assertThat(SlotReader.body(only(insert(ORDERS, "2", NULL)))).endsWith("\"actor\":\"ann\"}}}");
        assertThat(refused()).as("told of when it was read first").isZero();
    }

    @Test
    void aMessageThatIsNotWellFormedIsCountedAndPassedOver() {
        begin(0x100);
        orders();
        assertThat(publish("no JSON")).isEqualTo(none(0x100, 1));
        assertThat(annotate("{\"lsn\":\"0/0\"}")).isEqualTo(none(0x100, 2));
        assertThat(SlotReader.body(only(insert(ORDERS, "1", NULL)))).endsWith("123Z\"}}}");
        commit(0x100);
        assertThat(accept(emitted(0, "nexus.publish", "{\"type\":\"a\",\"data\":{}}")))
                .isEqualTo(new Progress.Unmoved());
        assertThat(accept(emitted(0, "another", "anything"))).isEqualTo(new Progress.Unmoved());
        assertThat(refused()).isEqualTo(3);
    }

    @Test
    void aBigChangeIsItsBodyAtOnceAndIsAccountedAsSuch() {
        assembler = assembler(ResumePoint.START, 1, 1_000);
        begin(0x100);
        orders();
        Progress.Within big = (Progress.Within) insert(ORDERS, "1", "x".repeat(2 << 20));
        assertThat(big.bytes()).isLessThan(10_000);
        assertThat(SlotReader.data(big.events().getFirst())).contains("\"record\":{\"id\":1}", "\"oversized\":true");
        Progress.Within small = (Progress.Within) insert(ORDERS, "1", "x".repeat(500_000));
        assertThat(small.bytes()).isGreaterThan(500_000);
    }

    @Test
    void aPartitionThatIsDroppedWhileItIsReadStaysItsRoots() {
        catalog.partition(ORDERS, "sales", "orders");
        begin(0x100);
        accept(relation(ORDERS, "parts", "orders_2026", 'd', 1)
                .column(true, "id", INT4)
                .buffer());
        insert(ORDERS, "1");
        catalog.drop(ORDERS);
        accept(relation(ORDERS, "parts", "orders_2026", 'd', 1)
                .column(true, "id", INT4)
                .buffer());
        assertThat(only(insert(ORDERS, "2")).type().value()).isEqualTo("pg.sales.orders.insert");
    }

    @Test
    void everyTransactionCountsFromOne() {
        begin(0x100);
        orders();
        insert(ORDERS, "1", NULL);
        commit(0x100);
        begin(0x200);
        assertThat(insert(ORDERS, "2", NULL)).extracting("ordinal").isEqualTo(1L);
    }

    @Test
    void theSameChangeHasTheSameIdAfterARestart() {
        begin(0x100);
        orders();
        IncomingEvent first = only(insert(ORDERS, "1", NULL));
        IncomingEvent second = only(insert(ORDERS, "1", NULL));
        assembler = resuming(ResumePoint.START);
        begin(0x100);
        orders();
        assertThat(only(insert(ORDERS, "1", NULL)).id()).isEqualTo(first.id());
        assertThat(first.id()).isNotEqualTo(second.id());
        assertThat(first.id().value().version()).isEqualTo(7);
        assertThat(first.id().value().getMostSignificantBits() >>> 16).isEqualTo(AT.toEpochMilli());
    }

    @Test
    void anLsnThatComesAgainOnAnotherTimelineIsAnotherEvent() {
        begin(0x100);
        orders();
        IncomingEvent before = only(insert(ORDERS, "1", NULL));
        assembler = assembler(ResumePoint.START, 2, 1 << 24);
        begin(0x100);
        orders();
        assertThat(only(insert(ORDERS, "1", NULL)).id()).isNotEqualTo(before.id());
    }

    @Test
    void aTransactionThatIsStoredWholeMovesNothing() {
        assembler = resuming(new ResumePoint(new Lsn(0x130), Optional.empty()));
        assertThat(begin(0x100)).isEqualTo(new Progress.Unmoved());
        orders();
        assertThat(insert(ORDERS, "1", NULL)).isEqualTo(new Progress.Unmoved());
        assertThat(commit(0x100)).isEqualTo(new Progress.Unmoved());
        assertThat(begin(0x130)).isEqualTo(new Progress.Begun(new Lsn(0x130), false));
        assertThat(only(insert(ORDERS, "2", NULL))).isNotNull();
    }

    @Test
    void aTransactionThatIsStoredInPartGoesOnBehindThatPart() {
        assembler = resuming(new ResumePoint(new Lsn(0x130), Optional.of(new ResumePoint.Open(new Lsn(0x200), 2))));
        assertThat(begin(0x200)).isEqualTo(new Progress.Begun(new Lsn(0x200), false));
        orders();
        assertThat(insert(ORDERS, "1", NULL)).isEqualTo(new Progress.Unmoved());
        assertThat(insert(ORDERS, "2", NULL)).isEqualTo(new Progress.Unmoved());
        Progress third = insert(ORDERS, "3", NULL);
        assertThat(third).extracting("ordinal").isEqualTo(3L);
        assertThat(SlotReader.body(only(third))).contains("\"id\":3,");
        assertThat(commit(0x200)).isEqualTo(new Progress.Complete(new Lsn(0x200), new Lsn(0x230)));
        assertThat(begin(0x300)).isEqualTo(new Progress.Begun(new Lsn(0x300), false));
    }

    @Test
    void goingPastTheTransactionStoredInPartIsALoss() {
        assembler = resuming(new ResumePoint(new Lsn(0x130), Optional.of(new ResumePoint.Open(new Lsn(0x200), 2))));
        assertThat(begin(0x300)).isEqualTo(new Progress.Begun(new Lsn(0x300), true));
        commit(0x300);
        assertThat(begin(0x400)).isEqualTo(new Progress.Begun(new Lsn(0x400), false));
    }

    @Test
    void changesOfOneRowShareAKeyAndOthersDoNot() {
        begin(0x100);
        orders();
        Ordering inserted = only(insert(ORDERS, "1", "a")).ordering();
        Ordering updated = only(accept(
                        message('U').int32(ORDERS).row('N', "1", "b").buffer()))
                .ordering();
        Ordering deleted = only(accept(
                        message('D').int32(ORDERS).row('K', "1", NULL).buffer()))
                .ordering();
        assertThat(inserted).isInstanceOf(Ordering.Key.class);
        assertThat(updated).isEqualTo(inserted);
        assertThat(deleted).isEqualTo(inserted);
        assertThat(only(insert(ORDERS, "2", "a")).ordering()).isNotEqualTo(inserted);
    }

    @Test
    void anUpdateOfTheKeyBelongsToBothKeys() {
        begin(0x100);
        orders();
        Ordering.Key old = (Ordering.Key) only(insert(ORDERS, "1", "a")).ordering();
        Ordering moved = only(accept(message('U')
                        .int32(ORDERS)
                        .row('K', "1", NULL)
                        .row('N', "2", "a")
                        .buffer()))
                .ordering();
        Ordering.Key now = (Ordering.Key) only(insert(ORDERS, "2", "a")).ordering();
        assertThat(moved).isEqualTo(new Ordering.TwoKeys(now.hash(), old.hash()));
    }

    @Test
    void aRowIsFoundByItsPrimaryKeyInTheOrderOfTheKey() {
        catalog.table(ORDERS, "public", "orders", "b", "a");
        begin(0x100);
        accept(relation(ORDERS, "public", "orders", 'd', 3)
                .column(true, "a", TEXT)
                .column(true, "b", BOOL)
                .column(false, "c", TEXT)
                .buffer());
        assertThat(only(insert(ORDERS, "1,%", "t", "x")).searchKeys())
                .isEqualTo(found("public.orders:true,1%2C%25", null));
        assertThat(only(accept(message('U')
                                .int32(ORDERS)
                                .row('K', "1", "f", NULL)
                                .row('N', "2", "f", "x")
                                .buffer()))
                        .searchKeys())
                .isEqualTo(found("public.orders:false,2", "public.orders:false,1"));
        assertThat(only(accept(message('T').int32(1).int8(0).int32(ORDERS).buffer()))
                        .searchKeys())
                .isEqualTo(new SearchKeys(null, Ordering.hash("public.orders:")));
    }

    @Test
    void aRowWithAnotherIdentityIsFoundUnderBothAlsoJustAfterTheIdentityChanged() {
        catalog.table(ORDERS, "public", "orders", "id");
        begin(0x100);
        orders();
        assertThat(only(insert(ORDERS, "1", "a")).searchKeys()).isEqualTo(found("public.orders:1", null));
        accept(relation(ORDERS, "public", "orders", 'i', 2)
                .column(false, "id", INT4)
                .column(true, "status", TEXT)
                .buffer());
        assertThat(only(insert(ORDERS, "2", "b")).searchKeys()).isEqualTo(found("public.orders:2", "public.orders:b"));
        assertThat(only(accept(message('D').int32(ORDERS).row('K', NULL, "b").buffer()))
                        .searchKeys())
                .isEqualTo(found("public.orders:b", null));
    }

    private static SearchKeys found(String key, @Nullable String otherKey) {
        return new SearchKeys(Ordering.hash(key), otherKey == null ? null : Ordering.hash(otherKey));
    }

    @Test
    void valuesOfAKeyAreNotJoinedAmbiguously() {
        begin(0x100);
        accept(relation(ORDERS, "public", "orders", 'd', 2)
                .column(true, "a", TEXT)
                .column(true, "b", TEXT)
                .buffer());
        assertThat(only(insert(ORDERS, "1:x", "y")).ordering())
                .isNotEqualTo(only(insert(ORDERS, "1", ":xy")).ordering());
    }

    @Test
    void underFullThePrimaryKeyIsTheKey() {
        begin(0x100);
        fullOrders();
        Ordering inserted = only(insert(ORDERS, "1", "a")).ordering();
        Ordering updated = only(accept(message('U')
                        .int32(ORDERS)
                        .row('O', "1", "a")
                        .row('N', "1", "b")
                        .buffer()))
                .ordering();
        assertThat(updated).isEqualTo(inserted);
    }

    @Test
    void underFullAPrimaryKeyThatTheMessageLacksLeavesTheTable() {
        catalog.table(ORDERS, "public", "orders", "number");
        begin(0x100);
        fullOrders();
        assertThat(only(insert(ORDERS, "1", "a")).ordering())
                .isInstanceOf(Ordering.Key.class)
                .isEqualTo(only(insert(ORDERS, "2", "b")).ordering());
    }

    @Test
    void aTruncateWaitsForEveryRowOrSharesTheTablesKey() {
        begin(0x100);
        orders();
        ByteBuffer truncate = message('T').int32(1).int8(0).int32(ORDERS).buffer();
        IncomingEvent event = only(accept(truncate.duplicate()));
        assertThat(event.ordering()).isInstanceOf(Ordering.Barrier.class);
        assertThat(SlotReader.data(event))
                .isEqualTo("{\"type\":\"TRUNCATE\",\"schema\":\"public\",\"table\":\"orders\",\"record\":null,"
                        + "\"old_record\":null,\"changed\":null,\"unavailable\":[]}");
        catalog.table(ORDERS, "public", "orders");
        fullOrders();
        insert(ORDERS, "1", "a");
        assertThat(only(accept(truncate.duplicate())).ordering())
                .isEqualTo(only(insert(ORDERS, "1", "a")).ordering());
    }

    @Test
    void theFirstEventAfterAnotherIdentityIsABarrier() {
        begin(0x100);
        orders();
        insert(ORDERS, "1", "a");
        accept(relation(ORDERS, "public", "orders", 'i', 2)
                .column(false, "id", INT4)
                .column(true, "status", TEXT)
                .buffer());
        assertThat(only(insert(ORDERS, "2", "b")).ordering()).isInstanceOf(Ordering.Barrier.class);
        assertThat(only(insert(ORDERS, "3", "c")).ordering()).isInstanceOf(Ordering.Key.class);
    }

    @Test
    void theSameRelationAgainIsNoBarrier() {
        begin(0x100);
        orders();
        insert(ORDERS, "1", "a");
        accept(relation(ORDERS, "public", "orders", 'd', 3)
                .column(true, "id", INT4)
                .column(false, "status", TEXT)
                .column(false, "note", TEXT)
                .buffer());
        assertThat(only(insert(ORDERS, "2", "b", "c")).ordering()).isInstanceOf(Ordering.Key.class);
    }

    @Test
    void anUnknownOldRowIsNullAndAnOldKeyHasOnlyTheKey() {
        begin(0x100);
        orders();
        assertThat(SlotReader.data(only(
                        accept(message('U').int32(ORDERS).row('N', "1", "b").buffer()))))
                .endsWith(
                        "\"record\":{\"id\":1,\"status\":\"b\"},\"old_record\":null,\"changed\":null,\"unavailable\":[]}");
        assertThat(SlotReader.data(only(accept(message('U')
                        .int32(ORDERS)
                        .row('K', "1", NULL)
                        .row('N', "2", "b")
                        .buffer()))))
                .endsWith("\"record\":{\"id\":2,\"status\":\"b\"},\"old_record\":{\"id\":1},\"changed\":null,"
                        + "\"unavailable\":[]}");
        assertThat(SlotReader.data(only(
                        accept(message('D').int32(ORDERS).row('K', "1", NULL).buffer()))))
                .endsWith("\"record\":null,\"old_record\":{\"id\":1},\"changed\":null,\"unavailable\":[]}");
    }

    @Test
    void aWholeOldRowTellsWhatChanged() {
        begin(0x100);
        fullOrders();
        assertThat(SlotReader.data(only(accept(message('U')
                        .int32(ORDERS)
                        .row('O', "1", NULL)
                        .row('N', "1", "")
                        .buffer()))))
                .endsWith("\"record\":{\"id\":1,\"status\":\"\"},\"old_record\":{\"id\":1,\"status\":null},"
                        + "\"changed\":[\"status\"],\"unavailable\":[]}");
        assertThat(SlotReader.data(only(accept(message('U')
                        .int32(ORDERS)
                        .row('O', "1", "x")
                        .row('N', "1", "x")
                        .buffer()))))
                .contains("\"changed\":[],");
    }

    @Test
    void anUnchangedToastedValueComesFromTheOldRowOrIsNamed() {
        begin(0x100);
        orders();
        assertThat(SlotReader.data(only(accept(
                        message('U').int32(ORDERS).row('N', "1", UNCHANGED).buffer()))))
                .endsWith("\"record\":{\"id\":1},\"old_record\":null,\"changed\":null,\"unavailable\":[\"status\"]}");
        assertThat(SlotReader.data(only(accept(message('U')
                        .int32(ORDERS)
                        .row('K', "1", NULL)
                        .row('N', "2", UNCHANGED)
                        .buffer()))))
                .contains("\"record\":{\"id\":2},\"old_record\":{\"id\":1},")
                .contains("\"unavailable\":[\"status\"]");
        fullOrders();
        assertThat(SlotReader.data(only(accept(message('U')
                        .int32(ORDERS)
                        .row('O', "1", "big")
                        .row('N', "2", UNCHANGED)
                        .buffer()))))
                .endsWith("\"record\":{\"id\":2,\"status\":\"big\"},\"old_record\":{\"id\":1,\"status\":\"big\"},"
                        + "\"changed\":[\"id\"],\"unavailable\":[]}");
    }

    @Test
    void aKeyThatIsToastedComesFromTheOldKey() {
        begin(0x100);
        accept(relation(ORDERS, "public", "orders", 'd', 2)
                .column(true, "id", TEXT)
                .column(false, "n", INT4)
                .buffer());
        Ordering inserted = only(insert(ORDERS, "long", "1")).ordering();
        IncomingEvent updated = only(accept(message('U')
                .int32(ORDERS)
                .row('K', "long", NULL)
                .row('N', UNCHANGED, "2")
                .buffer()));
        assertThat(updated.ordering()).isEqualTo(inserted);
        assertThat(SlotReader.data(updated)).contains("\"record\":{\"id\":\"long\",\"n\":2}");
    }

    @Test
    void aChangeThatIsTooBigArrivesAsItsKey() {
        assembler = assembler(ResumePoint.START, 1, 500);
        begin(0x100);
        fullOrders();
        IncomingEvent event = only(accept(message('U')
                .int32(ORDERS)
                .row('O', "1", "x")
                .row('N', "1", "y".repeat(400))
                .buffer()));
        assertThat(SlotReader.data(event))
                .isEqualTo("{\"type\":\"UPDATE\",\"schema\":\"public\",\"table\":\"orders\",\"record\":{\"id\":1},"
                        + "\"old_record\":{\"id\":1},\"changed\":[\"status\"],\"unavailable\":[\"status\"],"
                        + "\"oversized\":true}");
        IncomingEvent fitting = only(insert(ORDERS, "2", "y"));
        assertThat(fitting.body().bytes()).hasSizeLessThanOrEqualTo(500);
        assertThat(SlotReader.data(fitting)).doesNotContain("oversized");
    }

    @Test
    void aPartitionsChangeIsItsRoots() {
        catalog.partition(ORDERS, "sales", "orders");
        begin(0x100);
        accept(relation(ORDERS, "parts", "orders_2026", 'd', 1)
                .column(true, "id", INT4)
                .buffer());
        IncomingEvent event = only(insert(ORDERS, "1"));
        assertThat(event.type().value()).isEqualTo("pg.sales.orders.insert");
        assertThat(SlotReader.body(event))
                .contains("\"schema\":\"sales\",\"table\":\"orders\"")
                .endsWith("Z\",\"partition\":\"parts.orders_2026\"}}}");
        catalog.partition(ORDERS + 9, "sales", "orders");
        accept(relation(ORDERS + 9, "parts", "orders_2027", 'd', 1)
                .column(true, "id", INT4)
                .buffer());
        assertThat(only(insert(ORDERS + 9, "1")).ordering()).isEqualTo(event.ordering());
    }

    @Test
    void aTableThatIsGoneIsTakenForWhatItsMessageSays() {
        begin(0x100);
        accept(relation(999, "old", "gone", 'd', 2)
                .column(true, "id", INT4)
                .column(false, "mood", 12345)
                .buffer());
        IncomingEvent event = only(insert(999, "1", "so \"so\""));
        assertThat(event.type().value()).isEqualTo("pg.old.gone.insert");
        assertThat(SlotReader.data(event)).contains("\"record\":{\"id\":1,\"mood\":\"so \\\"so\\\"\"}");
    }

    @Test
    void aCompositeWithAnotherNumberOfAttributesIsAskedForAgainAndThenText() {
        catalog.type(COMPOSITE, composite("a"));
        begin(0x100);
        accept(relation(ORDERS, "public", "orders", 'd', 2)
                .column(true, "id", INT4)
                .column(false, "c", COMPOSITE)
                .buffer());
        assertThat(SlotReader.data(only(insert(ORDERS, "1", "(1)")))).contains("\"c\":{\"a\":1}");
        catalog.type(COMPOSITE, composite("a", "b"));
        assertThat(SlotReader.data(only(insert(ORDERS, "2", "(1,2)")))).contains("\"c\":{\"a\":1,\"b\":2}");
        assertThat(SlotReader.data(only(insert(ORDERS, "3", "(1,2,3)")))).contains("\"c\":\"(1,2,3)\"");
        assertThat(SlotReader.data(only(insert(ORDERS, "4", "(1,)")))).contains("\"c\":{\"a\":1,\"b\":null}");
    }

    @Test
    void aTypeMessageMakesTheCatalogBeAskedAgain() {
        catalog.type(COMPOSITE, composite("a"));
        begin(0x100);
        accept(relation(ORDERS, "public", "orders", 'd', 1)
                .column(true, "c", COMPOSITE)
                .buffer());
        catalog.type(COMPOSITE, composite("renamed"));
        accept(message('Y').int32(COMPOSITE).string("public").string("c").buffer());
        accept(relation(ORDERS, "public", "orders", 'd', 1)
                .column(true, "c", COMPOSITE)
                .buffer());
        assertThat(SlotReader.data(only(insert(ORDERS, "(1)")))).contains("\"c\":{\"renamed\":1}");
    }

    private static CatalogType composite(String... names) {
        return new CatalogType.Composite(Arrays.stream(names)
                .map(name -> new CatalogType.Attribute(name, INT4))
                .toList());
    }

    @Test
    void aTableThatLeavesTheOwnSchemaIsCaptured() {
        begin(0x100);
        ownTable();
        accept(relation(OWN, "public", "owed", 'd', 1).column(true, "id", INT4).buffer());
        assertThat(only(insert(OWN, "1")).type().value()).isEqualTo("pg.public.owed.insert");
    }

    @Test
    void messagesThatMakeNoSenseTogetherBreakTheStream() {
        assertThatThrownBy(() -> insert(ORDERS, "1", "a")).isInstanceOf(BrokenStreamException.class);
        assertThatThrownBy(() -> commit(1)).isInstanceOf(BrokenStreamException.class);
        begin(0x100);
        assertThatThrownBy(() -> begin(0x200)).isInstanceOf(BrokenStreamException.class);
        assertThatThrownBy(() -> commit(0x200)).isInstanceOf(BrokenStreamException.class);
        assertThatThrownBy(() -> insert(ORDERS, "1", "a")).isInstanceOf(BrokenStreamException.class);
        orders();
        assertThatThrownBy(() -> insert(ORDERS, "1")).isInstanceOf(BrokenStreamException.class);
    }

    @Test
    void aPartitionedTablesNewNameIsSeenAlthoughNoMessageTellsOfIt() {
        catalog.partition(ORDERS, "public", "sales");
        begin(0x100);
        orders();
        assertThat(only(insert(ORDERS, "7", "a")).type().value()).isEqualTo("pg.public.sales.insert");
        commit(0x100);
        catalog.since(900).partition(ORDERS, "archive", "old sales");
        begin(0x200, 899);
        assertThat(only(insert(ORDERS, "8", "b")).type().value()).isEqualTo("pg.public.sales.insert");
        commit(0x200);
        begin(0x300, 901);
        assertThat(only(insert(ORDERS, "8", "b")).type().value()).isEqualTo("pg.archive.old%20sales.insert");
    }

    @Test
    void aPartitionThatIsDetachedLaterIsStillOne() {
        catalog.partition(ORDERS, "public", "sales");
        begin(0x100);
        orders();
        insert(ORDERS, "7", "a");
        commit(0x100);
        catalog.since(900).detached(ORDERS, false);
        begin(0x200, 901); // whoever writes to it is younger, and yet it comes by way of the table above
        assertThat(only(insert(ORDERS, "8", "b")).type().value()).isEqualTo("pg.public.sales.insert");
        commit(0x200);
        catalog.since(902).detached(ORDERS, true);
        begin(0x300, 899);
        orders();
        assertThat(only(insert(ORDERS, "9", "c")).type().value()).isEqualTo("pg.public.sales.insert");
        commit(0x300);
        begin(0x400, 903);
        assertThat(only(insert(ORDERS, "10", "d")).type().value()).isEqualTo("pg.parts.part20000.insert");
    }

    @Test
    void whatWasRememberedOfATableAndATypeHoldsAfterARestart() {
        catalog.partition(ORDERS, "public", "sales").type(COMPOSITE, composite("a"));
        memory.readPublished(catalog);
        memory.read(catalog, List.of(), List.of(COMPOSITE));
        CatalogMemory.News saved = memory.news();
        catalog.drop(ORDERS);
        catalog.without(COMPOSITE);
        CatalogMemory restored = new CatalogMemory(Clock.systemUTC());
        restored.restore(saved.tables(), saved.types());
        restored.readPublished(catalog);
        assembler = assembler(ResumePoint.START, 1, 1 << 24, restored);
        begin(0x100);
        accept(relation(ORDERS, "public", "orders_2026", 'd', 1)
                .column(true, "c", COMPOSITE)
                .buffer());
        IncomingEvent event = only(insert(ORDERS, "(7)"));
        assertThat(event.type().value()).isEqualTo("pg.public.sales.insert");
        assertThat(SlotReader.data(event)).contains("\"c\":{\"a\":7}");
        assertThat(unknownRoots).isEmpty();
    }

    @Test
    void aSchemasNewNameIsSeenAlthoughNoMessageTellsOfIt() {
        begin(0x100);
        orders();
        insert(ORDERS, "7", "a");
        commit(0x100);
        catalog.since(900).table(ORDERS, "shop", "orders", "id");
        begin(0x200, 899);
        assertThat(only(insert(ORDERS, "8", "b")).type().value()).isEqualTo("pg.public.orders.insert");
        commit(0x200);
        begin(0x300, 901);
        IncomingEvent renamed = only(insert(ORDERS, "9", "c"));
        assertThat(renamed.type().value()).isEqualTo("pg.shop.orders.insert");
        assertThat(SlotReader.body(renamed)).contains("\"schema\":\"shop\"").doesNotContain("\"partition\"");
        commit(0x300);
        begin(0x400, 910); // a message that is younger than what the catalog said is right
        accept(relation(ORDERS, "store", "orders", 'd', 2)
                .column(true, "id", INT4)
                .column(false, "status", TEXT)
                .buffer());
        assertThat(only(insert(ORDERS, "10", "d")).type().value()).isEqualTo("pg.store.orders.insert");
    }

    /** The catalog shows the end of a transaction, which may come before its first change is read. */
    @Test
    void aTableHasItsFormerNameUntilTheMessageOfTheTransactionThatRenamesIt() {
        begin(0x100);
        orders();
        insert(ORDERS, "7", "a");
        commit(0x100);
        catalog.since(900).table(ORDERS, "public", "purchases", "id");
        begin(0x200, 900);
        assertThat(only(insert(ORDERS, "8", "b")).type().value()).isEqualTo("pg.public.orders.insert");
        accept(relation(ORDERS, "public", "purchases", 'd', 2)
                .column(true, "id", INT4)
                .column(false, "status", TEXT)
                .buffer());
        assertThat(only(insert(ORDERS, "9", "c")).type().value()).isEqualTo("pg.public.purchases.insert");
        commit(0x200);
        begin(0x300, 901);
        assertThat(only(insert(ORDERS, "10", "d")).type().value()).isEqualTo("pg.public.purchases.insert");
    }

    @Test
    void aPartitionThatNobodySawIsThatOfTheOnlyTableThatFits() {
        catalog.partitioned(1, "public", "sales", "id", "status").partitioned(2, "public", "visits", "at", "page");
        memory.readPublished(catalog);
        begin(0x100);
        accept(relation(999, "public", "sales_new", 'd', 2)
                .column(true, "id", INT4)
                .column(false, "status", TEXT)
                .buffer());
        assertThat(only(insert(999, "1", "a")).type().value()).isEqualTo("pg.public.sales.insert");
        assertThat(unknownRoots).isEmpty();
    }

    @Test
    void aTableThatMayHaveBeenAPartitionOfSeveralIsTold() {
        catalog.partitioned(1, "public", "sales", "id", "status").partitioned(2, "public", "visits", "id", "status");
        memory.readPublished(catalog);
        begin(0x100);
        accept(relation(999, "public", "sales_new", 'd', 2)
                .column(true, "id", INT4)
                .column(false, "status", TEXT)
                .buffer());
        assertThat(unknownRoots).isEmpty();
        assertThat(only(insert(999, "1", "a")).type().value()).isEqualTo("pg.public.sales_new.insert");
        assertThat(only(insert(999, "2", "a")).type().value()).isEqualTo("pg.public.sales_new.insert");
        assertThat(unknownRoots).containsExactly("sales_new");
    }

    @Test
    void whereAllTablesArePublishedNobodyCanSayOfATableThatIsGone() {
        catalog.partitioned(1, "public", "sales", "id", "status").publishingWholeSchemas();
        memory.readPublished(catalog);
        begin(0x100);
        accept(relation(999, "public", "sales_new", 'd', 2)
                .column(true, "id", INT4)
                .column(false, "status", TEXT)
                .buffer());
        accept(relation(998, "public", "other", 'd', 1)
                .column(true, "code", TEXT)
                .buffer());
        assertThat(only(insert(998, "1")).type().value()).isEqualTo("pg.public.other.insert");
        assertThat(unknownRoots).isEmpty();
        assertThat(only(insert(999, "1", "a")).type().value()).isEqualTo("pg.public.sales_new.insert");
        assertThat(unknownRoots).containsExactly("sales_new");
    }

    @Test
    void aTypesShapeIsThatOfTheTimeOfTheChange() {
        catalog.type(COMPOSITE, composite("a", "b"));
        begin(0x100);
        accept(relation(ORDERS, "public", "orders", 'd', 1)
                .column(true, "c", COMPOSITE)
                .buffer());
        assertThat(SlotReader.data(only(insert(ORDERS, "(1,2)")))).contains("\"c\":{\"a\":1,\"b\":2}");
        commit(0x100);
        catalog.since(900).type(COMPOSITE, composite("a", "renamed"));
        begin(0x200, 899);
        assertThat(SlotReader.data(only(insert(ORDERS, "(1,2)")))).contains("\"c\":{\"a\":1,\"b\":2}");
        commit(0x200);
        begin(0x300, 900);
        assertThat(SlotReader.data(only(insert(ORDERS, "(1,2)")))).contains("\"c\":{\"a\":1,\"renamed\":2}");
        commit(0x300);
        begin(0x400, 899);
        assertThat(SlotReader.data(only(insert(ORDERS, "(1,2)")))).contains("\"c\":{\"a\":1,\"b\":2}");
    }

    @Test
    void anAttributesNewNameIsSeenAndATypeThatIsGoneIsWhatItWas() {
        CatalogType pair = new CatalogType.Composite(List.of(new CatalogType.Attribute("a", INT4)));
        catalog.type(COMPOSITE, pair);
        begin(0x100);
        accept(relation(ORDERS, "public", "orders", 'd', 1)
                .column(true, "p", COMPOSITE)
                .buffer());
        assertThat(SlotReader.record(only(insert(ORDERS, "(1)")))).contains("{\"p\":{\"a\":1}}");
        commit(0x100);
        catalog.type(COMPOSITE, new CatalogType.Composite(List.of(new CatalogType.Attribute("b", INT4))));
        begin(0x200);
        assertThat(SlotReader.record(only(insert(ORDERS, "(2)")))).contains("{\"p\":{\"b\":2}}");
        commit(0x200);
        catalog.without(COMPOSITE);
        begin(0x300);
        assertThat(SlotReader.record(only(insert(ORDERS, "(3)")))).contains("{\"p\":{\"b\":3}}");
    }

    @Test
    void onlyTheValueThatDoesNotFitItsTypeIsText() {
        catalog.type(COMPOSITE, new CatalogType.Composite(List.of(new CatalogType.Attribute("a", INT4))));
        begin(0x100);
        accept(relation(ORDERS, "public", "orders", 'd', 2)
                .column(true, "fits", COMPOSITE)
                .column(false, "grown", COMPOSITE)
                .buffer());
        assertThat(SlotReader.record(only(insert(ORDERS, "(1)", "(1,2)"))))
                .contains("{\"fits\":{\"a\":1},\"grown\":\"(1,2)\"}");
    }
}
