//! A field of a change: left alone, removed, or set (RFC 7396: absent, `null` and a value are three things).

/// What a change says of one field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Not named: it stays as it is.
    #[default]
    Absent,
    /// `null`: it is removed.
    Null,
    /// It becomes this.
    Value(T),
}

impl<T> Patch<T> {
    /// The field after the change.
    pub fn apply(self, current: Option<T>) -> Option<T> {
        match self {
            Self::Absent => current,
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }

    /// The value, if one is set.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }
}
