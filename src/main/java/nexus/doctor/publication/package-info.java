/**
 * Is every wanted table published as it has to be, and no write in danger?
 *
 * <p>Takes facts of tables and publications, gives checks with their SQL. Never changes a publication.
 */
@NullMarked
package nexus.doctor.publication;

import org.jspecify.annotations.NullMarked;
