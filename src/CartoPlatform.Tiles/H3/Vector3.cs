namespace CartoPlatform.Tiles.H3;

/// <summary>A place or direction in space, the sphere's centre being 0 and its radius 1.</summary>
internal readonly record struct Vector3(double X, double Y, double Z)
{
    public static Vector3 FromRadians(double longitude, double latitude)
    {
        var (sin, cos) = Math.SinCos(latitude);
        var (sinLongitude, cosLongitude) = Math.SinCos(longitude);
        return new Vector3(cos * cosLongitude, cos * sinLongitude, sin);
    }

    public double Length => Math.Sqrt(Dot(this));

    public double Dot(Vector3 other) => X * other.X + Y * other.Y + Z * other.Z;

    public Vector3 Cross(Vector3 other) => new(Y * other.Z - Z * other.Y, Z * other.X - X * other.Z, X * other.Y - Y * other.X);

    public Vector3 Normalize() => this * (1 / Length);

    /// <summary>Where the ray through this place meets the sphere.</summary>
    public LonLat ToDegrees() => new(double.RadiansToDegrees(Math.Atan2(Y, X)), double.RadiansToDegrees(Math.Atan2(Z, Math.Sqrt(X * X + Y * Y))));

    public static Vector3 operator +(Vector3 a, Vector3 b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public static Vector3 operator -(Vector3 a, Vector3 b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    public static Vector3 operator *(Vector3 a, double factor) => new(a.X * factor, a.Y * factor, a.Z * factor);
}
