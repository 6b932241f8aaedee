:
"
_generic_user_object