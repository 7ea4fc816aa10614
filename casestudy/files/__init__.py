"""How anything a person writes is read and saved: tables, declared fields, lists, journals."""
