"""The plugins that ship with Inspector, declared and found like anyone's."""
