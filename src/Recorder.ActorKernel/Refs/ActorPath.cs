using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Recorder.ActorKernel;

/// <summary>The place of an actor in the tree: an address and the names on the way from the root. Equality ignores the uid.</summary>
public abstract class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>
{
    /// <summary>Characters beside ASCII letters and digits that a name may hold.</summary>
    public const string ValidSymbols = "\"-_.*$+:@&=,!~';()";

    private IReadOnlyList<string>? _elements;
    private int _hash;

    /// <summary>A root.</summary>
    /// <param name="address">The address of the system.</param>
    /// <param name="name">The name.</param>
    protected ActorPath(Address address, string name)
    {
        Address = address;
        Name = name;
        Root = this;
    }

    /// <summary>A child.</summary>
    /// <param name="parentPath">The parent.</param>
    /// <param name="name">The name.</param>
    /// <param name="uid">The incarnation.</param>
    protected ActorPath(ActorPath parentPath, string name, long uid)
    {
        Parent = parentPath;
        Address = parentPath.Address;
        Root = parentPath.Root;
        Depth = parentPath.Depth + 1;
        Name = name;
        Uid = uid;
    }

    /// <summary>The address of the system.</summary>
    public Address Address { get; }

    /// <summary>How many names lie between the root and this path.</summary>
    public int Depth { get; }

    /// <summary>The names from the root to this path.</summary>
    public IReadOnlyList<string> Elements => _elements ??= BuildElements();

    /// <summary>The last name.</summary>
    public string Name { get; }

    /// <summary>The parent; null at the root.</summary>
    public ActorPath? Parent { get; }

    /// <summary>The root.</summary>
    public ActorPath Root { get; }

    /// <summary>Which incarnation of the name this is; 0 when not known.</summary>
    public long Uid { get; }

    /// <summary>Whether a string may be the name of an actor.</summary>
    /// <param name="s">The string.</param>
    /// <returns>True when it may.</returns>
    public static bool IsValidPathElement(string s)
    {
        if (string.IsNullOrEmpty(s) || s[0] == '$')
            return false;
        for (var i = 0; i < s.Length; i++)
        {
            var c = s[i];
            if (char.IsAsciiLetterOrDigit(c) || ValidSymbols.Contains(c, StringComparison.Ordinal))
                continue;
            if (c == '%' && i + 2 < s.Length && char.IsAsciiHexDigit(s[i + 1]) && char.IsAsciiHexDigit(s[i + 2]))
            {
                i += 2;
                continue;
            }

            return false;
        }

        return true;
    }

    /// <summary>Joins names by slashes, with one before.</summary>
    /// <param name="pathElements">The names.</param>
    /// <returns>The text.</returns>
    public static string FormatPathElements(IEnumerable<string> pathElements) => "/" + string.Join("/", pathElements);

    /// <summary>Reads a path with its address.</summary>
    /// <param name="path">The text.</param>
    /// <returns>The path.</returns>
    /// <exception cref="UriFormatException">The text is no path.</exception>
    public static ActorPath Parse(string path) =>
        TryParse(path, out var parsed) ? parsed : throw new UriFormatException($"Can not parse an ActorPath: {path}");

    /// <summary>Reads a path with its address.</summary>
    /// <param name="path">The text.</param>
    /// <param name="actorPath">The path.</param>
    /// <returns>Whether the text is a path.</returns>
    public static bool TryParse(string path, [NotNullWhen(true)] out ActorPath? actorPath)
    {
        actorPath = null;
        return Address.TryParse(path, out var address, out var rest)
            && TryParse(new RootActorPath(address), rest, out actorPath);
    }

    /// <summary>Reads the names below a base.</summary>
    /// <param name="basePath">The base.</param>
    /// <param name="absoluteUri">The names, each after a slash; <c>#uid</c> at the end.</param>
    /// <param name="actorPath">The path.</param>
    /// <returns>Whether the text is a path.</returns>
    public static bool TryParse(ActorPath basePath, string absoluteUri, [NotNullWhen(true)] out ActorPath? actorPath)
    {
        actorPath = null;
        if (absoluteUri.Length == 0 || absoluteUri[0] != '/')
            return false;
        var uid = 0L;
        var hash = absoluteUri.IndexOf('#', StringComparison.Ordinal);
        if (hash >= 0)
        {
            if (!long.TryParse(absoluteUri[(hash + 1)..], NumberStyles.Integer, CultureInfo.InvariantCulture, out uid))
                return false;
            absoluteUri = absoluteUri[..hash];
        }

        var path = basePath;
        foreach (var name in absoluteUri.Split('/', StringSplitOptions.RemoveEmptyEntries))
            path = new ChildActorPath(path, name, 0);
        actorPath = path.WithUid(uid);
        return true;
    }

    /// <summary>Reads the address of a path.</summary>
    /// <param name="path">The text.</param>
    /// <param name="address">The address.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryParseAddress(string path, [NotNullWhen(true)] out Address? address) => Address.TryParse(path, out address);

    /// <summary>The path of a child; <c>name#uid</c> gives the uid.</summary>
    /// <param name="childName">The name.</param>
    /// <returns>The path; this one when the name is empty.</returns>
    public ActorPath Child(string childName) => this / childName;

    /// <summary>An ancestor.</summary>
    /// <param name="depth">How deep it lies; negative counts upward from here.</param>
    /// <returns>The ancestor.</returns>
    public ActorPath ParentOf(int depth)
    {
        var current = this;
        if (depth >= 0)
        {
            while (current.Depth > depth)
                current = current.Parent!;
        }
        else
        {
            for (var i = depth; i < 0 && current.Depth > 0; i++)
                current = current.Parent!;
        }

        return current;
    }

    /// <summary>The path with another uid.</summary>
    /// <param name="uid">The uid.</param>
    /// <returns>The path.</returns>
    public ActorPath WithUid(long uid)
    {
        if (uid == Uid)
            return this;
        return Parent is null
            ? throw new NotSupportedException("RootActorPath must have undefined uid")
            : new ChildActorPath(Parent, Name, uid);
    }

    /// <summary>The names without the address, for example <c>/user/a</c>.</summary>
    /// <returns>The text.</returns>
    public string ToStringWithoutAddress() => Render(null);

    /// <summary>The path with its address.</summary>
    /// <returns>The text.</returns>
    public string ToStringWithAddress() => Render(Address);

    /// <summary>The path with another address, unless its own has a host.</summary>
    /// <param name="address">The other address.</param>
    /// <returns>The text.</returns>
    public string ToStringWithAddress(Address address) => Render(Address.HasGlobalScope ? Address : address);

    /// <summary>The path with its address and, where known, the uid.</summary>
    /// <returns>The text.</returns>
    public string ToStringWithUid() => Uid == 0 ? ToStringWithAddress() : $"{ToStringWithAddress()}#{Uid}";

    /// <summary>The text that another process can resolve.</summary>
    /// <returns>The text.</returns>
    public string ToSerializationFormat() => ToStringWithUid();

    /// <summary>The text that another process can resolve.</summary>
    /// <param name="address">The address to use when the path has no host.</param>
    /// <returns>The text.</returns>
    public string ToSerializationFormatWithAddress(Address address) =>
        Uid == 0 ? ToStringWithAddress(address) : $"{ToStringWithAddress(address)}#{Uid}";

    /// <inheritdoc/>
    public override string ToString() => ToStringWithAddress();

    /// <inheritdoc/>
    public bool Equals(ActorPath? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || Depth != other.Depth || GetHashCode() != other.GetHashCode())
            return false;
        ActorPath? a = this, b = other;
        while (a is not null && b is not null)
        {
            if (ReferenceEquals(a, b))
                return true;
            if (a.Name != b.Name)
                return false;
            (a, b) = (a.Parent, b.Parent);
        }

        return Address.Equals(other.Address);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ActorPath);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        if (_hash == 0)
        {
            var above = Parent?.GetHashCode() ?? Address.GetHashCode();
            var hash = HashCode.Combine(above, Name.GetHashCode(StringComparison.Ordinal));
            _hash = hash == 0 ? 1 : hash;
        }

        return _hash;
    }

    /// <inheritdoc/>
    public int CompareTo(ActorPath? other)
    {
        if (other is null)
            return 1;
        if (Equals(other))
            return 0;
        var order = Address.CompareTo(other.Address);
        return order != 0 ? order : string.CompareOrdinal(ToStringWithoutAddress(), other.ToStringWithoutAddress());
    }

    /// <summary>Equality of paths, without the uid.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">Another.</param>
    /// <returns>Whether they are equal.</returns>
    public static bool operator ==(ActorPath? left, ActorPath? right) => Equals(left, right);

    /// <summary>Inequality of paths, without the uid.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">Another.</param>
    /// <returns>Whether they differ.</returns>
    public static bool operator !=(ActorPath? left, ActorPath? right) => !Equals(left, right);

    /// <summary>The path of a child.</summary>
    /// <param name="path">The parent.</param>
    /// <param name="name">The name, with <c>#uid</c> where wanted.</param>
    /// <returns>The path; the parent when the name is empty.</returns>
    public static ActorPath operator /(ActorPath path, string name)
    {
        if (string.IsNullOrEmpty(name))
            return path;
        var hash = name.IndexOf('#', StringComparison.Ordinal);
        return hash < 0
            ? new ChildActorPath(path, name, ActorCell.UndefinedUid)
            : new ChildActorPath(path, name[..hash], long.Parse(name[(hash + 1)..], CultureInfo.InvariantCulture));
    }

    /// <summary>The path of a descendant.</summary>
    /// <param name="path">The ancestor.</param>
    /// <param name="name">The names on the way.</param>
    /// <returns>The path.</returns>
    public static ActorPath operator /(ActorPath path, IEnumerable<string> name) =>
        name.Where(n => !string.IsNullOrEmpty(n)).Aggregate(path, (p, n) => p / n);

    private string[] BuildElements()
    {
        var names = new string[Depth];
        var at = this;
        for (var i = Depth - 1; i >= 0; i--, at = at.Parent!)
            names[i] = at.Name;
        return names;
    }

    private string Render(Address? address)
    {
        var text = new StringBuilder(address?.ToString());
        if (Depth == 0)
            return text.Append(Name.StartsWith('/') ? Name : "/" + Name).ToString();
        foreach (var name in Elements)
            text.Append('/').Append(name);
        return text.ToString();
    }
}

/// <summary>The path of a root.</summary>
/// <param name="address">The address of the system.</param>
/// <param name="name">The name, usually empty.</param>
public sealed class RootActorPath(Address address, string name = "") : ActorPath(address, name);

/// <summary>The path of everything below a root.</summary>
/// <param name="parentPath">The parent.</param>
/// <param name="name">The name.</param>
/// <param name="uid">The incarnation.</param>
public sealed class ChildActorPath(ActorPath parentPath, string name, long uid) : ActorPath(parentPath, name, uid);
