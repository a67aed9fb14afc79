package nexus.subscription.catalog;

import java.util.List;
import nexus.shape.MaskKey;
import nexus.subscription.Subscription;
import nexus.subscription.matching.Subscriptions;

/**
 * What has changed since a version of the catalog, read in one snapshot.
 *
 * @param version the present one
 * @param maskKey the store's
 * @param isWhole whether these are all subscriptions that there are
 * @param changed new ones and those that are another now
 * @param gone the lanes of deleted ones
 */
public record CatalogChanges(
        long version, MaskKey maskKey, boolean isWhole, List<Subscription> changed, List<Integer> gone) {

    public static CatalogChanges whole(long version, MaskKey maskKey, List<Subscription> all) {
        return new CatalogChanges(version, maskKey, true, all, List.of());
    }

    public Subscriptions appliedTo(Subscriptions known) {
        return isWhole ? new Subscriptions(version, changed) : known.with(version, changed, gone);
    }
}
