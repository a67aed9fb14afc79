/**
 * How is Nexus's own database reached? Connection pools, addresses, migrations.
 *
 * <p>Takes DATABASE_URL, gives pools and a migrated schema. Never knows what the tables mean.
 */
@NullMarked
package nexus.store;

import org.jspecify.annotations.NullMarked;
