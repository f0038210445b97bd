using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Cluster;
using Recorder.Node.Configuration;
using Recorder.Node.Security;
using Recorder.Node.Serve;

namespace Recorder.Node.Cluster;

/// <summary>What connects a node with the others of its cluster; on its own there is nothing in it.</summary>
internal sealed class ClusterParts : IDisposable
{
    private readonly SecretSeal? _secrets;

    private ClusterParts(PeerSeal seal, PeerLinks links, SecretSeal? secrets) => (Seal, Links, _secrets) = (seal, links, secrets);

    public PeerSeal Seal { get; }

    public PeerLinks Links { get; }

    /// <summary>How the node takes part; null on its own.</summary>
    public ClusterSetup? Setup { get; private init; }

    /// <summary>Opens the cluster's database and brings its schema up to date.</summary>
    /// <exception cref="ServeException">It does not answer, or the node does not fit into a cluster; the message says what to do.</exception>
    public static async Task<ClusterParts> OpenAsync(ServeOptions options, TimeProvider time, CancellationToken ending)
    {
        if (options.Cluster is null)
        {
            var none = new PeerSeal(null, options.Node, time);
            return new ClusterParts(none, new PeerLinks(none), null);
        }

        var identity = Identity(options);
        var database = new PostgresDatabase(options.Cluster);
        var kept = Path.Combine(options.DataFolder, "keys", "cluster.json");
        SharedSecrets shared;
        var isAway = false;
        try
        {
            await Task.Run(database.Migrate, ending);
            shared = new SharedSecrets(await database.SecretAsync("peers", ending), await database.SecretAsync("sources", ending));
            PrivateFile.MakeFolder(Path.GetDirectoryName(kept)!);
            PrivateFile.Replace(kept, JsonSerializer.SerializeToUtf8Bytes(shared));
        }
        catch (Exception failed) when (failed is CatalogueUnavailableException || database.IsUnavailable(failed))
        {
            if (!database.IsAway(failed) || !File.Exists(kept))
            {
                await database.DisposeAsync();
                throw new ServeException(failed.Message, failed);
            }

            // It took part before: a database that is not back yet after a power cut keeps no camera waiting.
            shared = JsonSerializer.Deserialize<SharedSecrets>(await File.ReadAllBytesAsync(kept, ending))!;
            isAway = true;
        }

        var seal = new PeerSeal(shared.Peers, options.Node, time);
        var secrets = SecretSeal.Of(shared.Sources, $"the database {database.Name}");
        var links = new PeerLinks(seal);
        return new ClusterParts(seal, links, secrets)
        {
            Setup = new ClusterSetup(
                new ClusterOptions { Connection = options.Cluster, Node = identity, NextLife = () => NextLife(options.DataFolder) }, database, secrets, links)
            { IsAway = isAway },
        };
    }

    /// <summary>What all nodes share, as the database has it.</summary>
    /// <param name="Peers">Seals who asks (<see cref="PeerSeal"/>).</param>
    /// <param name="Sources">Seals sources' credentials.</param>
    private sealed record SharedSecrets(byte[] Peers, byte[] Sources);

    public void Dispose()
    {
        Links.Dispose();
        _secrets?.Dispose();
    }

    private static NodeIdentity Identity(ServeOptions options)
    {
        if (!Contracts.RecorderId.TryParse(options.Node, out _))
        {
            throw new ServeException($"'{options.Node}' is no name of a node in a cluster: use letters, digits, '.', '_' and '-' with --node.") { IsUsage = true };
        }

        if (options.Advertise is null && options.Listen.Port == 0)
        {
            throw new ServeException("The other nodes must know where this one is: name a port with --listen, or its URL with --advertise.") { IsUsage = true };
        }

        if (options.Advertise is null && !options.IsLocal && options.Listen.Address.ToString() is "0.0.0.0" or "::")
        {
            throw new ServeException($"{options.Listen} says not where the other nodes reach this one: name its URL with --advertise.") { IsUsage = true };
        }

        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var label in options.NodeLabels)
        {
            var colon = label.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                throw new ServeException($"--label '{label}' has no name and value: write NAME:VALUE.") { IsUsage = true };
            }

            labels[label[..colon]] = label[(colon + 1)..];
        }

        var url = options.Advertise ?? new Uri($"{(options.TlsCertificate is null ? "http" : "https")}://{options.Listen}");
        return new NodeIdentity(options.Node, InstanceOf(options.DataFolder), url, options.Capacity, labels);
    }

    private static long NextLife(string folder)
    {
        var file = Path.Combine(folder, "node.life");
        var life = File.Exists(file) && long.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var last) ? last + 1 : 1;
        PrivateFile.Replace(file, System.Text.Encoding.ASCII.GetBytes(life.ToString(CultureInfo.InvariantCulture)));
        return life;
    }

    // A node that starts again on its folder is the same node.
    private static string InstanceOf(string folder)
    {
        var file = Path.Combine(folder, "node.id");
        PrivateFile.TryCreate(file, System.Text.Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N")));
        return File.ReadAllText(file).Trim();
    }
}

/// <summary>Registers what endpoints ask for.</summary>
internal static class ClusterServices
{
    public static void AddCluster(this IServiceCollection services, NodeParts parts)
    {
        services.AddSingleton(parts.Cluster.Seal);
        services.AddSingleton(parts.Cluster.Links);
        services.AddHttpForwarder();
        services.AddSingleton<PeerMedia>();
        services.AddSingleton<ClusterMediator>();
    }
}
