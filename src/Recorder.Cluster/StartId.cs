using System.Globalization;
using System.Security.Cryptography;

namespace Recorder.Cluster;

/// <summary>
/// Distinguishes one run of a node's process from every other. A node that comes back with an old data folder, or an empty one, has used numbers that it
/// no longer knows of; under a new start id it cannot use one of them again.
/// </summary>
internal readonly record struct StartId(ulong Value) : IComparable<StartId>
{
    public static StartId Draw() => new(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));

    public int CompareTo(StartId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
