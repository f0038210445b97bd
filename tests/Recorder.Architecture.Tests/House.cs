namespace Recorder.Architecture.Tests;

/// <summary>The rules of the house: which namespace may use which, how large things may be, and what is exempt.</summary>
internal static class House
{
    public const int LongestFile = 400;
    public const int LongestClass = 500;
    public const int MedianFile = 120;
    public const int MostFilesInFolder = 22;

    /// <summary>
    /// The namespaces of src/ that use others, each with those that it may use, from the bottom to the top. Names are without "Recorder.". Turning
    /// an arrow round, adding one or leaving an unused one here fails a spec.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string[]> Arrows = new Dictionary<string, string[]>
    {
        ["Contracts.Json"] = ["Contracts"],

        ["FFmpeg.Generated"] = ["FFmpeg.Bindings"],
        ["FFmpeg"] = ["FFmpeg.Bindings", "FFmpeg.Generated"],

        ["Media.Codecs"] = ["Contracts", "FFmpeg"],
        ["Media.Mp4"] = ["FFmpeg"],
        ["Media.Fragments"] = ["Media", "Media.Mp4"],
        ["Media.VirtualFiles"] = ["FFmpeg", "Media", "Media.Fragments", "Media.Mp4"],
        ["Media.Export"] = ["Contracts", "FFmpeg", "Media", "Media.Codecs", "Media.Fragments", "Media.VirtualFiles"],
        ["Media.Export.Editing"] = ["Contracts", "FFmpeg", "Media.Codecs", "Media.Export", "Media.Mp4"],
        ["Media.Hls"] = ["Media", "Media.Fragments", "Media.Mp4"],
        ["Media.Interchange"] = ["Contracts"],
        ["Media.Scanning"] = ["Media", "Media.Fragments", "Media.Mp4"],
        ["Media.TimeCodes"] = ["Contracts"],

        ["Rtsp.Messages"] = ["Rtsp"],
        ["Rtsp.Authentication"] = ["Rtsp.Messages"],
        ["Rtsp.Payloads"] = ["Rtsp"],
        ["Rtsp.Sdp"] = ["Rtsp", "Rtsp.Payloads"],
        ["Rtsp.Rtp"] = ["Rtsp.Payloads"],
        ["Rtsp.Sessions"] = ["Rtsp", "Rtsp.Authentication", "Rtsp.Messages", "Rtsp.Payloads", "Rtsp.Rtp", "Rtsp.Sdp"],

        ["Actors.Timing"] = ["Contracts"],
        ["Actors.Capture"] = ["Contracts", "FFmpeg", "Actors.Timing", "Rtsp", "Rtsp.Payloads", "Rtsp.Rtp", "Rtsp.Sessions"],
        ["Actors.Storage"] = ["Contracts", "FFmpeg"],
        ["Actors.Storage.Reading"] = ["Contracts", "Media.Codecs", "Actors.Storage"],
        ["Actors.Catalogue"] = ["Contracts", "Media", "Actors.Storage", "Actors.Storage.Reading", "Actors.Timing"],
        ["Actors.Secrets"] = ["Contracts", "Contracts.Json"],
        ["Actors.Catalogue.Sql"] =
        [
            "Contracts", "Contracts.Json", "Media", "Actors.Catalogue", "Actors.Secrets", "Actors.Storage", "Actors.Timing",
        ],
        ["Actors.Events"] = ["Contracts"],
        ["Actors.Recording"] =
        [
            "Contracts", "FFmpeg", "Media.Codecs", "Actors.Capture", "Actors.Events", "Actors.Storage", "Actors.Timing",
        ],
        ["Actors.Storage.Recovery"] = ["Contracts", "Media.Codecs", "Media.Scanning", "Actors.Storage", "Actors.Storage.Reading"],
        ["Actors.Catalogue.Repair"] =
        [
            "Contracts", "Actors.Catalogue", "Actors.Catalogue.Sql", "Actors.Secrets", "Actors.Storage",
            "Actors.Storage.Reading", "Actors.Storage.Recovery",
        ],
        ["Actors.Registry"] =
        [
            "Contracts", "Media", "Actors.Catalogue", "Actors.Catalogue.Repair",
            "Actors.Catalogue.Sql", "Actors.Events", "Actors.Recording", "Actors.Secrets", "Actors.Storage",
            "Actors.Storage.Reading", "Actors.Storage.Recovery", "Actors.Timing",
        ],
        ["Actors.Retention"] = ["Contracts", "Media", "Actors.Catalogue", "Actors.Recording", "Actors.Storage", "Actors.Timing"],
        ["Actors.Takes"] = ["Contracts", "Contracts.Json", "Actors.Registry", "Actors.Storage"],
        ["Actors"] =
        [
            "Contracts", "FFmpeg", "Media.Codecs", "Actors.Capture", "Actors.Catalogue", "Actors.Catalogue.Sql",
            "Actors.Events", "Actors.Recording", "Actors.Registry", "Actors.Retention", "Actors.Secrets", "Actors.Storage",
            "Actors.Takes", "Actors.Timing",
        ],

        ["Cluster.Tenures"] = ["Cluster"],
        ["Cluster.Registry"] = ["Contracts"],
        ["Cluster.Events"] = ["Contracts", "Cluster", "Cluster.Tenures"],
        ["Cluster.Journals"] = ["Cluster"],
        ["Cluster.Index"] =
        [
            "Contracts", "Contracts.Json", "Media", "Actors.Catalogue", "Actors.Catalogue.Sql", "Actors.Timing", "Cluster", "Cluster.Events",
            "Cluster.Journals", "Cluster.Tenures",
        ],
        ["Cluster.Following"] =
        [
            "Contracts", "Actors.Catalogue", "Actors.Catalogue.Sql", "Actors.Timing", "Cluster", "Cluster.Index", "Cluster.Journals",
        ],
        ["Cluster.Formations"] = ["Cluster"],
        ["Cluster.Nodes"] = ["Contracts", "Actors.Storage", "Cluster", "Cluster.Formations", "Cluster.Registry", "Cluster.Tenures"],
        ["Cluster.Wire"] = ["Contracts", "Cluster", "Cluster.Formations", "Cluster.Nodes", "Cluster.Registry", "Cluster.Tenures"],
        ["Cluster.Trust"] =
        [
            "Contracts", "Cluster.Nodes",
        ],
        ["Cluster.ControlPlane"] =
        [
            "Contracts", "Cluster", "Cluster.Formations", "Cluster.Nodes", "Cluster.Placement", "Cluster.Registry",
            "Cluster.Tenures", "Cluster.Trust", "Cluster.Wire",
        ],
        ["Cluster.Takes"] = ["Contracts", "Actors.Catalogue", "Actors.Takes", "Cluster", "Cluster.Nodes"],
        ["Cluster.Runtime"] =
        [
            "Contracts", "Contracts.Json", "Media", "Actors", "Actors.Catalogue", "Actors.Catalogue.Sql", "Actors.Recording", "Actors.Registry",
            "Actors.Secrets", "Actors.Storage", "Actors.Takes", "Cluster", "Cluster.ControlPlane", "Cluster.Events", "Cluster.Following", "Cluster.Formations", "Cluster.Index",
            "Cluster.Journals", "Cluster.Nodes", "Cluster.Registry", "Cluster.Takes", "Cluster.Tenures", "Cluster.Trust", "Cluster.Wire",
        ],

        ["Client"] = ["Contracts", "Contracts.Json"],

        ["Testing"] = ["Contracts", "FFmpeg", "Actors.Capture", "Actors.Events", "Actors.Recording", "Actors.Storage", "Actors.Takes", "Client"],

        ["Node.Configuration"] = ["Contracts", "FFmpeg"],
        ["Node.Http"] = ["Contracts", "Contracts.Json", "Actors.Catalogue", "Actors.Catalogue.Sql"],
        ["Node.Security"] = ["Contracts", "Actors.Capture", "Actors.Secrets", "Node.Configuration", "Node.Http"],
        ["Node.Telemetry"] = ["Contracts", "Actors", "Node.Configuration"],
        ["Node.Webhooks"] =
        [
            "Contracts", "Contracts.Json", "Actors.Capture", "Actors.Catalogue", "Actors.Secrets", "Node.Configuration",
            "Node.Security",
        ],
        ["Node.Api"] =
        [
            "Contracts", "Contracts.Json", "FFmpeg", "Media", "Actors", "Actors.Capture", "Actors.Catalogue",
            "Actors.Catalogue.Sql", "Actors.Events", "Actors.Recording", "Actors.Registry", "Actors.Storage", "Actors.Timing",
            "Cluster.Events", "Cluster.Index", "Cluster.Nodes", "Cluster.Runtime", "Cluster.Wire",
            "Node.Configuration", "Node.Http", "Node.Security", "Node.Telemetry", "Node.Webhooks",
        ],
        ["Node.Cli.Arguments"] = ["Contracts", "FFmpeg", "Actors.Recording", "Node.Configuration"],
        ["Node.Cli.Terminal"] = ["FFmpeg"],
        ["Node.Cli.Client"] =
        [
            "Contracts", "FFmpeg", "Actors.Secrets", "Actors.Storage", "Actors.Storage.Reading", "Node.Cli.Arguments",
            "Node.Cli.Terminal", "Node.Configuration",
        ],
        ["Node.Cli.Doctor"] =
        [
            "FFmpeg", "Actors.Storage", "Actors.Storage.Reading", "Actors.Storage.Recovery", "Node.Cli.Arguments",
            "Node.Cli.Terminal", "Node.Configuration", "Node.Security",
        ],
        ["Node.Cli.Events"] =
        [
            "Contracts.Json", "Node.Cli.Arguments", "Node.Cli.Client", "Node.Cli.Terminal", "Node.Configuration",
        ],
        ["Node.Cli.Folders"] =
        [
            "Actors.Catalogue", "Actors.Catalogue.Repair", "Actors.Storage", "Actors.Storage.Recovery",
            "Node.Cli.Arguments", "Node.Cli.Terminal", "Node.Configuration",
        ],
        ["Node.Media"] =
        [
            "Contracts", "FFmpeg", "Media", "Media.Codecs", "Media.Export", "Media.Export.Editing", "Media.Fragments", "Media.Hls",
            "Media.Interchange", "Media.Mp4", "Media.TimeCodes", "Media.VirtualFiles", "Actors", "Actors.Capture", "Actors.Catalogue", "Actors.Recording",
            "Actors.Registry", "Actors.Retention",
            "Actors.Storage", "Actors.Storage.Reading", "Actors.Takes", "Cluster.Index", "Cluster.Nodes", "Cluster.Runtime", "Node.Api", "Node.Configuration",
            "Node.Http", "Node.Security",
        ],
        ["Node.Cli.Library"] =
        [
            "Contracts", "FFmpeg", "Media.Export", "Node.Cli.Arguments", "Node.Cli.Client", "Node.Cli.Terminal",
            "Node.Configuration", "Node.Http", "Node.Media",
        ],
        ["Node.Cli.Recorders"] = ["Contracts", "Actors.Capture", "Node.Cli.Arguments", "Node.Cli.Client", "Node.Cli.Terminal"],
        ["Node.Cli.Recording"] =
        [
            "Contracts", "Contracts.Json", "FFmpeg", "Actors", "Actors.Capture", "Actors.Timing",
            "Node.Cli.Arguments", "Node.Cli.Terminal", "Node.Configuration", "Node.Media",
        ],
        ["Node.Cli.Takes"] =
        [
            "Contracts", "Media.Export.Editing", "Actors.Storage", "Actors.Takes", "Node.Cli.Arguments", "Node.Cli.Client", "Node.Cli.Terminal",
            "Node.Api", "Node.Configuration", "Node.Media",
        ],
        ["Node.Cli.Nodes"] =
        [
            "Cluster.Trust", "Node.Cli.Client", "Node.Cli.Doctor", "Node.Cli.Terminal", "Node.Cluster.Certificates",
        ],
        ["Node.Cluster"] =
        [
            "Contracts", "Contracts.Json", "Actors", "Actors.Catalogue", "Actors.Catalogue.Sql", "Actors.Storage", "Actors.Takes", "Cluster", "Cluster.Following", "Cluster.Index",
            "Cluster.Journals", "Cluster.Nodes", "Cluster.Runtime", "Cluster.Takes", "Cluster.Trust", "Cluster.Wire", "Node.Api", "Node.Configuration", "Node.Http",
            "Node.Media", "Node.Security",
        ],
        ["Node.Cluster.Certificates"] =
        [
            "Contracts", "Cluster.Trust", "Node.Cli.Arguments", "Node.Cli.Terminal", "Node.Security",
        ],
        ["Node.Page"] = ["Node.Http", "Node.Security"],
        ["Node.HyperDeck"] = ["Contracts", "Actors", "Actors.Takes", "Node.Api", "Node.Configuration", "Node.Http", "Node.Security"],
        ["Node.Wall"] =
        [
            "Contracts", "Contracts.Json", "FFmpeg", "Media.Codecs", "Actors", "Actors.Capture", "Actors.Catalogue", "Actors.Recording", "Actors.Registry", "Actors.Storage", "Cluster.Nodes",
            "Cluster.Runtime", "Node.Api", "Node.Configuration", "Node.Http", "Node.Media", "Node.Security",
        ],
        ["Node.Serve"] =
        [
            "FFmpeg", "Actors", "Actors.Capture", "Actors.Catalogue", "Actors.Catalogue.Sql", "Actors.Retention",
            "Actors.Timing", "Cluster.Following", "Cluster.Runtime", "Node.Api", "Node.Cluster", "Node.Configuration", "Node.HyperDeck",
            "Node.Http", "Node.Media", "Node.Page", "Node.Security", "Node.Telemetry", "Node.Wall", "Node.Webhooks",
        ],
        ["Node.Cli.Serving"] =
        [
            "Node.Cli.Arguments", "Node.Cli.Client", "Node.Cli.Terminal", "Node.Configuration", "Node.Security",
            "Node.Serve",
        ],
        ["Node.Cli"] =
        [
            "FFmpeg", "Node.Cli.Arguments", "Node.Cli.Client", "Node.Cli.Doctor", "Node.Cli.Events", "Node.Cli.Folders",
            "Node.Cli.Library", "Node.Cli.Nodes", "Node.Cli.Recorders", "Node.Cli.Recording", "Node.Cli.Serving",
            "Node.Cli.Takes", "Node.Cli.Terminal",
        ],
    };
}
