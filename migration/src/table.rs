//! Words the steps share: columns as every table spells them, and triggers for both databases.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// A table under construction. Foreign keys and checks belong here: SQLite cannot add them later.
pub struct NewTable {
    name: &'static str,
    create: TableCreateStatement,
    indexes: Vec<IndexCreateStatement>,
}

/// Starts a table whose key is a UUID column `id`.
#[must_use]
pub fn table(name: &'static str) -> NewTable {
    let mut new = bare(name);
    new.create.col(ColumnDef::new(Alias::new("id")).uuid().not_null().primary_key());
    new
}

/// Starts a table without a key.
#[must_use]
pub fn bare(name: &'static str) -> NewTable {
    NewTable { name, create: Table::create().table(Alias::new(name)).to_owned(), indexes: vec![] }
}

impl NewTable {
    /// Adds a column as `build` describes it.
    #[must_use]
    pub fn col(mut self, name: &'static str, build: impl FnOnce(&mut ColumnDef) -> &mut ColumnDef) -> Self {
        let mut column = ColumnDef::new(Alias::new(name));
        build(&mut column);
        self.create.col(&mut column);
        self
    }
    /// Text that must be there.
    #[must_use]
    pub fn text(self, name: &'static str) -> Self {
        self.col(name, |c| c.text().not_null())
    }
    /// Text that may be missing.
    #[must_use]
    pub fn text_opt(self, name: &'static str) -> Self {
        self.col(name, |c| c.text())
    }
    /// A word of a fixed list, checked by the database.
    #[must_use]
    pub fn word(self, name: &'static str, words: &[&str]) -> Self {
        let list = words.join("','");
        self.col(name, |c| c.string_len(40).not_null().check(Expr::cust(format!("{name} IN ('{list}')"))))
    }
    /// A word of a fixed list that may be missing.
    #[must_use]
    pub fn word_opt(self, name: &'static str, words: &[&str]) -> Self {
        let list = words.join("','");
        self.col(name, |c| c.string_len(40).check(Expr::cust(format!("{name} IN ('{list}')"))))
    }
    /// An instant.
    #[must_use]
    pub fn at(self, name: &'static str) -> Self {
        self.col(name, |c| c.timestamp_with_time_zone().not_null())
    }
    /// An instant that may be missing.
    #[must_use]
    pub fn at_opt(self, name: &'static str) -> Self {
        self.col(name, |c| c.timestamp_with_time_zone())
    }
    /// A calendar day.
    #[must_use]
    pub fn on(self, name: &'static str) -> Self {
        self.col(name, |c| c.date().not_null())
    }
    /// A calendar day that may be missing.
    #[must_use]
    pub fn on_opt(self, name: &'static str) -> Self {
        self.col(name, |c| c.date())
    }
    /// A 32-bit whole number.
    #[must_use]
    pub fn int(self, name: &'static str) -> Self {
        self.col(name, |c| c.integer().not_null())
    }
    /// A 32-bit whole number that may be missing.
    #[must_use]
    pub fn int_opt(self, name: &'static str) -> Self {
        self.col(name, |c| c.integer())
    }
    /// A 64-bit whole number.
    #[must_use]
    pub fn big(self, name: &'static str) -> Self {
        self.col(name, |c| c.big_integer().not_null())
    }
    /// A 64-bit whole number that may be missing.
    #[must_use]
    pub fn big_opt(self, name: &'static str) -> Self {
        self.col(name, |c| c.big_integer())
    }
    /// Yes or no.
    #[must_use]
    pub fn bool(self, name: &'static str) -> Self {
        self.col(name, |c| c.boolean().not_null())
    }
    /// JSON, never queried into.
    #[must_use]
    pub fn json(self, name: &'static str) -> Self {
        self.col(name, |c| c.json_binary().not_null())
    }
    /// JSON that may be missing.
    #[must_use]
    pub fn json_opt(self, name: &'static str) -> Self {
        self.col(name, |c| c.json_binary())
    }
    /// Bytes that may be missing.
    #[must_use]
    pub fn bytes_opt(self, name: &'static str) -> Self {
        self.col(name, |c| c.blob())
    }
    /// An id without a foreign key.
    #[must_use]
    pub fn id(self, name: &'static str) -> Self {
        self.col(name, |c| c.uuid().not_null())
    }
    /// An id without a foreign key that may be missing.
    #[must_use]
    pub fn id_opt(self, name: &'static str) -> Self {
        self.col(name, |c| c.uuid())
    }
    /// An id of a row of `target`, which cannot be deleted while this row stands.
    #[must_use]
    pub fn refers(self, name: &'static str, target: &'static str) -> Self {
        self.id(name).foreign(name, target)
    }
    /// As `refers`, and may be missing.
    #[must_use]
    pub fn refers_opt(self, name: &'static str, target: &'static str) -> Self {
        self.id_opt(name).foreign(name, target)
    }
    fn foreign(mut self, name: &'static str, target: &'static str) -> Self {
        self.create.foreign_key(
            ForeignKey::create()
                .name(format!("fk_{}_{name}", self.name))
                .from(Alias::new(self.name), Alias::new(name))
                .to(Alias::new(target), Alias::new("id")),
        );
        self
    }
    /// The counter behind `ETag`, and the instant of creation.
    #[must_use]
    pub fn versioned(self) -> Self {
        self.big("version").at("created_at")
    }
    /// A check over several columns.
    #[must_use]
    pub fn check(mut self, sql: &str) -> Self {
        self.create.check(Expr::cust(sql.to_owned()));
        self
    }
    /// The primary key of a table made by [`bare`].
    #[must_use]
    pub fn key(mut self, columns: &[&'static str]) -> Self {
        let mut key = Index::create();
        for column in columns {
            key.col(Alias::new(*column));
        }
        self.create.primary_key(&mut key);
        self
    }
    /// At most one row for these columns.
    #[must_use]
    pub fn unique(self, columns: &[&'static str]) -> Self {
        self.index_on(columns, true, None)
    }
    /// At most one row for these columns among the rows that fulfil `condition`.
    #[must_use]
    pub fn unique_where(self, columns: &[&'static str], condition: &str) -> Self {
        self.index_on(columns, true, Some(condition))
    }
    /// An index that a query needs.
    #[must_use]
    pub fn index(self, columns: &[&'static str]) -> Self {
        self.index_on(columns, false, None)
    }
    /// An index over the rows that fulfil `condition`.
    #[must_use]
    pub fn index_where(self, columns: &[&'static str], condition: &str) -> Self {
        self.index_on(columns, false, Some(condition))
    }
    fn index_on(mut self, columns: &[&'static str], unique: bool, condition: Option<&str>) -> Self {
        let prefix = if unique { "uq" } else { "ix" };
        let mut index = Index::create();
        index.name(format!("{prefix}_{}_{}", self.name, columns.join("_"))).table(Alias::new(self.name));
        for column in columns {
            index.col(Alias::new(*column));
        }
        if unique {
            index.unique();
        }
        if let Some(sql) = condition {
            index.and_where(Expr::cust(sql.to_owned()));
        }
        self.indexes.push(index);
        self
    }
    /// Creates the table and its indexes.
    ///
    /// # Errors
    /// What the database answers.
    pub async fn create(self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        manager.create_table(self.create).await?;
        for index in self.indexes {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// Drops tables, last made first.
///
/// # Errors
/// What the database answers.
pub async fn drop_all(manager: &SchemaManager<'_>, names: &[&'static str]) -> Result<(), DbErr> {
    for name in names.iter().rev() {
        manager.drop_table(Table::drop().table(Alias::new(*name)).to_owned()).await?;
    }
    Ok(())
}

/// Makes the database refuse to change or delete rows of a table. `update_when` narrows which updates
/// are refused (an SQL condition over `OLD` and `NEW`); deletes always are.
///
/// # Errors
/// What the database answers.
pub async fn append_only(manager: &SchemaManager<'_>, name: &str, update_when: Option<&str>) -> Result<(), DbErr> {
    let when = update_when.map_or(String::new(), |sql| format!("WHEN ({sql})"));
    let db = manager.get_connection();
    let statements = match manager.get_database_backend() {
        DbBackend::Postgres => vec![
            format!(
                "CREATE FUNCTION {name}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION '{name} is append-only' USING ERRCODE = 'restrict_violation'; END $$"
            ),
            format!(
                "CREATE TRIGGER {name}_no_update BEFORE UPDATE ON \"{name}\" FOR EACH ROW {when} \
                 EXECUTE FUNCTION {name}_is_append_only()"
            ),
            format!(
                "CREATE TRIGGER {name}_no_delete BEFORE DELETE ON \"{name}\" FOR EACH ROW \
                 EXECUTE FUNCTION {name}_is_append_only()"
            ),
            format!(
                "CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON \"{name}\" FOR EACH STATEMENT \
                 EXECUTE FUNCTION {name}_is_append_only()"
            ),
        ],
        _ => vec![
            format!(
                "CREATE TRIGGER {name}_no_update BEFORE UPDATE ON \"{name}\" {when} \
                 BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
            ),
            format!(
                "CREATE TRIGGER {name}_no_delete BEFORE DELETE ON \"{name}\" \
                 BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
            ),
        ],
    };
    for sql in statements {
        db.execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Removes what [`append_only`] made on PostgreSQL beside the table; triggers go with the table.
///
/// # Errors
/// What the database answers.
pub async fn drop_append_only(manager: &SchemaManager<'_>, name: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        let sql = format!("DROP FUNCTION IF EXISTS {name}_is_append_only() CASCADE");
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}
