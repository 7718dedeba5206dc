namespace CartoPlatform.Auth.Administration;

public enum AdminRight
{
    Read,
    Write,
}
